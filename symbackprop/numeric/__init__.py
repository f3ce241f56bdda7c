"""Numbers from steps: exact values of each of them, functions in several languages, and the one rounding rule.

    exact.evaluate          the value of every step
    training.trajectory     the error and the parameters, update by update
    emit.lambdify, source   a function of the steps, for lists, NumPy or mpmath
    program.operations      what it costs
    rounding.digits         a value as it is printed
    field                   the numbers themselves
"""
