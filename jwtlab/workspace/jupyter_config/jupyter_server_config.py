"""What JupyterLab's server does differently in the course. Jupyter finds it: see jwtlab/workspace/jupyter.py.

What its pages do differently is in labconfig/, as JSON, which has no comments: Markdown opens rendered, there
is no news, and what is switched off below is off in the browser too.
"""

import os

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_core.paths import jupyter_runtime_dir
from traitlets import List

c = get_config()  # type: ignore[name-defined]  # noqa: F821  Jupyter provides it


class OwnKernelOnly(KernelSpecManager):
    """Offers one kernel: that of the Python which runs JupyterLab.

    Otherwise a kernel called python3 that another project registered for this user could come first, and the
    lessons would run without the course's packages. With no folders to search, the native kernel remains.
    """

    kernel_dirs: List[str] = List([])


c.ServerApp.kernel_spec_manager_class = OwnKernelOnly

# A kernel listens on five TCP ports by default. On a machine that people share, two kernels can choose the
# same one, and anyone can connect and read along. Sockets in the learner's own folder have neither problem.
# Their paths must be short, though: 104 bytes with the final zero on macOS, 108 on Linux (unix(4), unix(7)).
longest_socket = os.path.join(jupyter_runtime_dir(), f"kernel-{'0' * 36}-ipc-1")
if len(os.fsencode(longest_socket)) < 104:
    c.KernelManager.transport = "ipc"

# Nothing is asked of the network unless the learner asks.
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"

# What the course does not use takes time at every start: the older notebook interface, and language servers,
# of which none is installed. Authors have jupytext; JupyterLab is to be the same for them as for learners.
c.ServerApp.jpserver_extensions = {"notebook": False, "jupyter_lsp": False, "jupyterlab_jupytext": False}
