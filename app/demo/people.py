"""Who works in the demo hospital."""

from store.domain.people import Person, Role

LEAD = Person("demo.lead", "Demo Bone Lead", Role.METABOLIC_LEAD)
RADIOLOGIST = Person("demo.radiologist", "Demo Radiologist", Role.RADIOLOGIST)
SECOND = Person("demo.second", "Demo Second Radiologist", Role.RADIOLOGIST)
"""A third person who reads: an adjudication needs one."""
CHAIR = Person("demo.chair", "Demo REALM Chair", Role.REALM_CHAIR)
COORDINATOR = Person("demo.fls", "Demo FLS Coordinator", Role.FLS_COORD)
COORDINATOR = Person("demo.fls", "Demo FLS Coordinator", Role.FLS_COORD)
DEMO_STAFF = (
    LEAD,
    RADIOLOGIST,
    SECOND,
    CHAIR,
    COORDINATOR,
    Person("demo.audit", "Demo Audit Lead", Role.AUDIT_LEAD),
    Person("demo.cso", "Demo Safety Officer", Role.CSO),
    Person("demo.admin", "Demo Administrator", Role.ADMIN),
)
