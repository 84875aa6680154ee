"""What a debtor may do alone by a link, and who has proved to be that debtor."""
