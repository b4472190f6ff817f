"""JUnit XML: one suite a stack, one case for each policy and resource."""

from xml.etree import ElementTree

from dicom_cdk.markdown import visible
from dicom_cdk.policy.gate import Judgement


def junit(judgement: Judgement) -> str:
    suites = ElementTree.Element("testsuites", name="dicom-cdk check")
    for stack, findings in judgement.by_stack():
        unseen = [text for name, text in judgement.unseen if name == stack]
        suite = ElementTree.SubElement(
            suites,
            "testsuite",
            name=stack,
            tests=str(len(findings) + len(unseen)),
            failures=str(sum(one.status == "failed" for one in findings)),
            skipped=str(sum(one.status in ("waived", "not judged") for one in findings) + len(unseen)),
            errors="0",
        )
        for one in findings:
            case = ElementTree.SubElement(
                suite, "testcase", classname=f"{stack}.{one.policy.id}", name=f"{one.address}: {one.policy.name}"
            )
            if one.status == "failed":
                failure = ElementTree.SubElement(case, "failure", type=one.policy.severity, message=one.policy.name)
                failure.text = "\n".join([*one.problems, f"made at {one.file}:{one.line}", f"fix: {one.policy.fix}"])
            elif one.waiver:
                ElementTree.SubElement(
                    case, "skipped", message=f"waived until {one.waiver.expires}: {one.waiver.reason}"
                )
            elif one.status == "not judged":
                ElementTree.SubElement(
                    case,
                    "skipped",
                    message=f"not judged: {'; '.join(one.problems) or 'the plan does not show what it needs'}",
                )
        for text in unseen:
            case = ElementTree.SubElement(suite, "testcase", classname=f"{stack}.modules", name=text.partition(" ")[0])
            ElementTree.SubElement(case, "skipped", message=f"not judged: {text}")
    for element in suites.iter():
        # XML has no place for most control characters, and format characters make a text look like another one.
        element.attrib |= {name: visible(value) for name, value in element.attrib.items()}
        element.text = visible(element.text, keep="\n\t") if element.text else None
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"
