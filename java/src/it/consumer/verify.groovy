// Standard error lands in the same file: SLF4J says there that the project has no logging of its own.
def printed = new File(basedir, 'target/output.txt').readLines('UTF-8')
assert printed && printed.last() == 'two three'
assert !printed.any { it.contains('Exception') }
