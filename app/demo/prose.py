"""Radiology reports for the demo, as they are written in practice; all invented."""

_TECHNIQUE = {
    "chest": "Unenhanced volumetric CT of the chest.",
    "portal": "Portal venous phase CT of the abdomen and pelvis.",
    "plain": "Unenhanced CT of the abdomen and pelvis.",
    "cap": "Post-contrast CT of the chest, abdomen and pelvis.",
}

REPORTS: dict[tuple[int, int], tuple[str, str]] = {
    (1, 0): ("F", f"""Clinical details: Chronic cough, ex-smoker.
{_TECHNIQUE["chest"]}
Mild upper lobe predominant centrilobular emphysema. No suspicious nodule or mass. No pleural
effusion. Heart size normal. No enlarged mediastinal or hilar nodes. Imaged upper abdomen
unremarkable.
Conclusion: Mild emphysema. No acute pulmonary abnormality."""),
    (2, 0): ("F", f"""Clinical details: Weight loss ?cause.
{_TECHNIQUE["portal"]}
No focal liver lesion. Gallbladder, pancreas and spleen are normal. Simple renal cysts. Sigmoid
diverticulosis without diverticulitis. No free fluid, no lymphadenopathy.
Collapse of L1 with anterior wedging of T12, of uncertain age.
Conclusion: No malignancy demonstrated."""),
    (3, 0): ("F", f"""Clinical details: Colorectal cancer follow-up.
{_TECHNIQUE["cap"]}
Comparison is made with the study of last year. No local recurrence at the anastomosis. No liver
or lung metastases. No enlarged nodes.
Bones: There is a moderate (Genant grade 2) biconcave vertebral fracture of T12, new since the
previous study. No retropulsion. No aggressive bone lesion.
Conclusion: No recurrent disease. Moderate osteoporotic vertebral fracture of T12; referral to
the Fracture Liaison Service is recommended."""),
    (4, 0): ("F", f"""Clinical details: Prostate cancer, staging.
{_TECHNIQUE["cap"]}
Enlarged prostate. No pelvic side wall or retroperitoneal lymphadenopathy. Lungs clear apart
from bibasal atelectasis. Liver, adrenals and kidneys normal.
Vertebral fracture of T8. No sclerotic deposit.
Conclusion: T3a N0 M0 on CT. Vertebral fracture, suggest DXA."""),
    (5, 0): ("F", """Clinical details: Left loin pain ?stone.
CT of the urinary tract without contrast, low dose.
3 mm calculus at the left vesico-ureteric junction with mild hydronephrosis. No right-sided
stone. Aorta of normal calibre. Lung bases clear.
No bony abnormality.
Conclusion: Obstructing left distal ureteric stone."""),
    (6, 0): ("F", """Clinical details: Breathless, raised D-dimer. ?PE
CT pulmonary angiogram.
Good opacification. No filling defect to subsegmental level. Right heart not dilated. Small
bilateral effusions with basal atelectasis. Moderate hiatus hernia.
Degenerative change throughout the thoracic spine with increased kyphosis.
Conclusion: No pulmonary embolism."""),
    (7, 0): ("F", f"""Clinical details: Altered bowel habit.
{_TECHNIQUE["portal"]}
No colonic mass. Liver steatosis. Small fat-containing umbilical hernia. No ascites or
lymphadenopathy. Vertebral body heights are maintained.
Conclusion: No cause for symptoms shown."""),
    (8, 0): ("F", f"""Clinical details: Follow-up of 5 mm nodule.
{_TECHNIQUE["chest"]}
The right lower lobe nodule is unchanged at 5 mm over 12 months. No new nodule. No effusion or
adenopathy.
Conclusion: Stable nodule. Discharge from follow-up in line with BTS guidance."""),
    (9, 0): ("C", f"""Clinical details: Single episode of haemoptysis.
{_TECHNIQUE["chest"]}
No mass, consolidation or bronchiectasis. Airways clear to subsegmental level.
Exaggerated thoracic kyphosis with end-plate irregularity and Schmorl's nodes from T7 to T10,
long-standing Scheuermann's change.
Conclusion: No cause for haemoptysis found. (Corrected report: side of azygos lobe amended.)"""),
    (10, 0): ("F", f"""Clinical details: Abdominal pain, raised CRP.
{_TECHNIQUE["portal"]}
Mural thickening of a short segment of sigmoid with adjacent fat stranding. No collection, no
free gas.
Spondylotic change in the lumbar spine with a Schmorl's node at L2.
Conclusion: Uncomplicated acute sigmoid diverticulitis."""),
    (11, 0): ("F", """Clinical details: Surveillance of abdominal aortic aneurysm.
CT angiogram of the aorta.
Infrarenal aneurysm of 4.8 cm maximum AP diameter, previously 4.6 cm. No leak. Iliac arteries
ectatic. Horseshoe kidney noted.
Marked degenerative lumbar spondylosis with bridging osteophytes.
Conclusion: Slow growth of the aneurysm; discuss at vascular meeting."""),
    (12, 0): ("F", f"""Clinical details: Cough for eight weeks.
{_TECHNIQUE["chest"]}
Clear lungs and pleural spaces. No adenopathy. No vertebral fracture is seen. Bone density
appears preserved.
Conclusion: Normal study."""),
    (13, 0): ("F", """Clinical details: Right renal colic.
CT of the urinary tract without contrast.
6 mm stone in the right renal pelvis. No hydronephrosis. No ureteric stone. Appendix normal.
Conclusion: Non-obstructing right renal calculus."""),
    (14, 0): ("P", f"""Clinical details: Fall, abdominal pain. On apixaban.
{_TECHNIQUE["portal"]}
No solid organ injury. No free fluid. No pelvic fracture.
Possible fracture of T12, difficult to date without previous imaging.
Conclusion: No visceral injury. ?T12 fracture, correlate with site of pain."""),
    (15, 0): ("F", """Clinical details: Left hip pain, unable to bear weight, radiograph normal.
CT of the pelvis without contrast.
No fracture of the proximal femora, pubic rami or sacrum. Moderate osteoarthritis of both hips.
Bladder and rectum unremarkable.
Conclusion: No occult hip fracture."""),
    (16, 0): ("F", f"""Clinical details: Iron deficiency anaemia.
{_TECHNIQUE["plain"]}
No bowel mass on this unprepared study. Large gallstone. Bilateral renal cortical thinning.
Uterus and adnexa atrophic.
Conclusion: Cholelithiasis. Suggest colonoscopy if clinically appropriate."""),
    (17, 0): ("F", f"""Clinical details: Left iliac fossa pain, known diverticular disease.
{_TECHNIQUE["plain"]}
Uncomplicated diverticulosis. No collection. Mild (grade 1) wedge fracture of the T11 vertebra,
likely osteoporotic.
Conclusion: No diverticulitis. Mild T11 vertebral fracture: recommend osteoporosis assessment."""),
    (17, 1): ("F", f"""Clinical details: Diverticular disease, new back pain.
{_TECHNIQUE["plain"]}
Sigmoid diverticulosis, unchanged. No abscess. No obstruction. Kidneys normal.
Known T11 vertebral fracture, unchanged from the study of last year.
Conclusion: No change since the previous examination."""),
    (18, 0): ("F", """Clinical details: Painless visible haematuria.
CT urogram.
Symmetrical renal excretion. No urothelial lesion. No stone.
Moderate (Genant 2) anterior wedge fracture of L2. Unexpected at this age; secondary causes of
osteoporosis should be sought.
Conclusion: Normal urinary tract. L2 vertebral fracture, advise DXA and bone profile."""),
    (18, 1): ("F", """Clinical details: Left renal colic.
CT of the urinary tract without contrast.
2 mm calculus in the left lower pole. No hydronephrosis. No ureteric stone.
Conclusion: Non-obstructing left renal calculus."""),
    (19, 0): ("F", """Clinical details: Rheumatoid arthritis, ?interstitial lung disease.
High-resolution CT of the chest.
Subpleural reticulation in both lower lobes with traction bronchiectasis, no honeycombing. Less
than 10 % of lung volume. Oesophagus mildly dilated.
Conclusion: Probable UIP pattern, limited extent."""),
    (20, 0): ("F", """=HYPERLINK("https://demo.invalid/report","Open report")
Clinical details: <b>Hoarse voice</b> & cough; ?left hilar mass <img src=x onerror=alert(1)>
CT of the neck and chest <post-contrast>.
Vocal cords symmetrical. No hilar mass. Aorto-pulmonary window clear; nodes < 10 mm in short axis.
+44 1632 960000 called with the result at 10:15.
Conclusion: "No mass". -- End of report --"""),
    (21, 0): ("F", f"""Clinical details: Acute pancreatitis, day 4.
{_TECHNIQUE["portal"]}
Oedematous pancreas with peripancreatic fluid, no necrosis. Splenic vein patent. Small left
effusion.
Moderate anterior wedge fracture of the T12 vertebral body, Genant grade 2, chronic in appearance.
Conclusion: Interstitial pancreatitis. Vertebral fragility fracture: please refer to the FLS."""),
    (24, 0): ("F", f"""Clinical details: Painless jaundice.
{_TECHNIQUE["portal"]}
Intra- and extrahepatic biliary dilatation to the level of the ampulla. Pancreatic duct 5 mm. No
mass delineated. No liver metastasis.
Conclusion: Double duct sign. Discuss at HPB meeting; MRCP and EUS advised."""),
    (25, 0): ("P", f"""Clinical details: Fall from standing, found on floor.
{_TECHNIQUE["cap"]}
No pneumothorax or solid organ injury. Old healed right rib fractures. Bladder distended.
Multiple vertebral fractures in keeping with osteoporosis, the largest at T12.
Conclusion: No acute visceral injury. Multiple osteoporotic vertebral fractures."""),
    (26, 0): ("F", f"""Clinical details: Indeterminate right renal lesion on ultrasound.
{_TECHNIQUE["plain"]}
The lesion is a hyperdense cyst of 22 mm (Bosniak II). No hydronephrosis.
Lumbar scoliosis convex to the left with facet joint degeneration.
Conclusion: Benign renal cyst. No follow-up needed."""),
    (27, 0): ("F", f"""Clinical details: Ovarian cyst on ultrasound.
{_TECHNIQUE["plain"]}
5 cm simple left adnexal cyst. No ascites or peritoneal nodule. No enlarged nodes. No vertebral
collapse or destructive bone lesion.
Conclusion: Simple adnexal cyst; annual ultrasound as per local protocol."""),
    (28, 0): ("F", f"""Clinical details: Follicular lymphoma, end of treatment.
{_TECHNIQUE["portal"]}
Complete resolution of the retroperitoneal nodal mass. Spleen 11 cm. Haemangioma of L2.
The wedge fracture of T11 reported in May is unchanged; the patient is under the FLS.
Conclusion: Complete response."""),
    (29, 0): ("F", f"""Clinical details: Gallstones, deranged liver function.
{_TECHNIQUE["plain"]}
Gallstones without cholecystitis. Common duct 6 mm. No pancreatitis.
Previous cement augmentation of a moderate (grade 2) L1 vertebral fracture. No new fracture.
Conclusion: Cholelithiasis. Treated L1 fracture, osteoporosis treatment to continue."""),
    (30, 0): ("F", f"""Clinical details: Follow-up of a right upper lobe nodule.
{_TECHNIQUE["cap"]}
The 6 mm nodule is unchanged over 24 months. No new nodule, no effusion. Small hiatus hernia.
Solid abdominal organs unremarkable.
Conclusion: Stable nodule, no further follow-up."""),
    (31, 0): ("F", """Clinical details: Back pain after lifting.
Unenhanced CT of the lumbar spine, gantry angled along the discs.
Moderate (grade 2) anterior wedge fracture of L2. Posterior wall intact, no retropulsion.
Facet joint degeneration at L4/5.
Conclusion: Moderate L2 vertebral fracture. Assessment by the fracture liaison service advised."""),
    (31, 1): ("F", """Clinical details: Low back pain for two months.
Unenhanced CT of the lumbar spine.
Mild (grade 1) anterior wedge fracture of L2. Canal of normal width. Facet joint degeneration.
Conclusion: Mild L2 vertebral fracture. Bone density measurement advised."""),
    (32, 0): ("F", f"""Clinical details: Painless jaundice.
{_TECHNIQUE["portal"]}
Distal common duct stricture with upstream dilatation to 14 mm. No pancreatic mass seen. No
liver metastases. No ascites.
Conclusion: Distal bile duct stricture; MRCP advised."""),
}  # fmt: skip
"""Status (P, F or C) and text of the report on each (patient number, visit).

A visit without an entry has no report.
"""
