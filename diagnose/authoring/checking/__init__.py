"""What is wrong or doubtful in the knowledge, told and mended."""
