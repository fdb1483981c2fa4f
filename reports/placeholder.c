typedef int placeholder_reports;
