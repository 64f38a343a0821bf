"""Messages of an invented RIS."""

MSH = "MSH|^~\\&|RIS|RX1|VCF|VCF|20261122||ORU^R01^ORU_R01|42|P|2.5||||||{charset}"
PID = "PID|1||H000123^^^RX1^MR~999 000 0018^^^NHS^NH||DEMO^Ann||19500201|F"
OBR = "OBR|1||{accession}|CTCHE^CT chest|||20261003091500|||||||||||||||{said}|||{status}"


def message(
    *lines: str, accession: str = "A1", status: str = "F", said: str = "20261004103000", **msh: str
) -> bytes:
    """An ORU of one examination with *lines* after its OBR."""
    head = MSH.format(charset=msh.get("charset", "UNICODE UTF-8"))
    order = OBR.format(accession=accession, said=said, status=status)
    coding = {"8859/1": "latin-1"}.get(msh.get("charset", ""), "utf-8")
    return "\r".join((head, PID, "PV1|1|O", order, *lines)).encode(coding)
