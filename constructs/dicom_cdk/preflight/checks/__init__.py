"""What an account is asked before an apply, by kind; hints for who mends a finding stand beside this folder."""
