"""Where a part comes from and what it does; why not another end; the whole as a drawing."""
