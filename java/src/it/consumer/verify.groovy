def text = new File(basedir, 'target/output.txt').getText('UTF-8').trim()
assert text == 'two three' : "the consumer project printed: ${text}"
