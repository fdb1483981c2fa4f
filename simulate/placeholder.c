typedef int placeholder_simulate;
