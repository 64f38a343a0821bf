"""From files to pictures: the only home of pydicom."""
