"""What people look at and carry away: pictures, the page, the workbook, in several languages."""
