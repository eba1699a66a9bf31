"""Reports of mail that came back, complaints, answers of programs; and a mail server that hands them over."""
