"""A certificate authority made for one site: who trusts it trusts that site, and nothing else."""

from pathlib import Path

LOCAL_NAMES = ("localhost", "127.0.0.1")


def certify(folder: Path) -> tuple[Path, Path]:
    """Make an authority and a certificate for this machine's names, valid from 2000 to 3000.

    Returns the file of the authority's certificate, for clients, and that of the site's key and certificate,
    which only its owner can read. The authority's own key is not kept, so it certifies nothing more.
    """
    import trustme  # not at the top: it takes as long to load as a site without TLS to start

    authority = trustme.CA()
    issued = authority.issue_cert(*LOCAL_NAMES)
    ca, certificate = folder / "ca.pem", folder / "certificate.pem"
    authority.cert_pem.write_to_path(str(ca))
    certificate.touch(mode=0o600)
    issued.private_key_and_cert_chain_pem.write_to_path(str(certificate))
    return ca, certificate
