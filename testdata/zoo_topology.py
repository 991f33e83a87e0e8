"""Networks for the shape of the graph."""

from networks import L, QActivation, QConv2D, QDense, act, bias, bits, classifier, conv, dense, keras, network, start
from qkeras import quantized_relu


@network("Sequential with an InputLayer")
def sequential():
    return keras.Sequential(
        [
            keras.Input((6, 6, 3), name="input"),
            QActivation("quantized_bits(8,0,1,alpha=1)", name="q"),
            QConv2D(4, 3, kernel_quantizer=bits(5), bias_quantizer=bias(), name="c0"),
            L.BatchNormalization(name="n0"),
            QActivation("quantized_relu(6,2)", name="a0"),
            L.MaxPooling2D(2, name="p"),
            L.Flatten(name="flatten"),
            QDense(3, kernel_quantizer=bits(5), bias_quantizer=bias(), name="fc"),
            L.Activation("softmax", name="softmax"),
        ]
    )


@network("Sequential without InputLayer (input_shape= at the first layer)")
def sequential_input_shape():
    return keras.Sequential(
        [
            QActivation(bits(8), input_shape=(6, 6, 3), name="q"),
            QConv2D(4, 3, kernel_quantizer=bits(5), bias_quantizer=bias(), name="c0", activation=quantized_relu(4, 2)),
            L.Flatten(name="flatten"),
            QDense(3, kernel_quantizer=bits(5), bias_quantizer=bias(), name="fc"),
        ]
    )


@network("two inputs of different shape and quantizer")
def two_inputs():
    i, x = start((6, 6, 2), name="image")
    j, y = start((5,), quantized_relu(4, 0), name="vector")
    x = L.Flatten(name="flatten")(act(conv(x, "c0"), "a0"))
    y = act(dense(y, "f1", 6), "a1", bits(6, 2))
    return keras.Model([i, j], dense(L.Concatenate(name="both")([x, y])))


@network("two outputs, one of them taken from the middle")
def two_outputs():
    i, x = start()
    x = act(conv(x, "c0"), "a0")
    return keras.Model(i, [classifier(x), act(conv(x, "c1", 2), "a1", bits(8, 2))])


@network("one convolution and one quantizer called twice")
def shared_layer():
    i, x = start((6, 6, 4))
    c = QConv2D(4, 3, padding="same", kernel_quantizer=bits(5), bias_quantizer=bias(), name="shared")
    q = QActivation(quantized_relu(6, 2), name="shared_q")
    return keras.Model(i, classifier(q(c(q(c(x))))))


@network("one convolution called on two inputs with different quantizers")
def shared_siamese():
    i, x = start(name="left")
    j, y = start(quantizer=quantized_relu(6, 1), name="right")
    c = QConv2D(4, 3, kernel_quantizer=bits(5), bias_quantizer=bias(), name="shared")
    x, y = act(c(x), "a0"), act(c(y), "a1", bits(4, 2))
    return keras.Model([i, j], classifier(act(L.Add(name="add")([x, y]), "a2", bits(6, 3))))


@network("Functional model inside a Functional model, with a residual branch around it")
def nested_model():
    inner, x = start((6, 6, 4), bits(6, 1), name="inner_input")
    x = act(conv(x, "inner_c0", padding="same"), "inner_a0")
    block = keras.Model(inner, conv(x, "inner_c1", padding="same"), name="block")
    i, x = start()
    x = act(conv(x, "c0", padding="same"), "a0", bits(6, 1))
    x = act(L.Add(name="add")([block(x), x]), "a1", bits(6, 2))
    return keras.Model(i, classifier(x))


@network("Sequential inside a Functional model, called twice")
def nested_sequential():
    block = keras.Sequential(
        [
            keras.Input((6, 6, 4)),
            QConv2D(4, 3, padding="same", kernel_quantizer=bits(5), bias_quantizer=bias(), name="block_c"),
            QActivation(quantized_relu(6, 2), name="block_a"),
        ],
        name="block",
    )
    i, x = start((6, 6, 4))
    return keras.Model(i, classifier(block(block(x))))


@network("inputs and outputs in dictionaries, whose order is that of their keys")
def dictionaries():
    i, x = start(name="second")
    j, y = start(name="first")
    x = L.Concatenate(name="both")([x, y])
    x = act(conv(x, "c0"), "a0")
    return keras.Model({"b": i, "a": j}, {"map": x, "classes": classifier(x)})


@network("Sequential inside a Sequential", loads=False)
def sequential_in_sequential():
    return keras.Sequential(
        [
            keras.Input((6, 6, 3), name="input"),
            QActivation(bits(8), name="q"),
            keras.Sequential(
                [
                    QConv2D(4, 3, kernel_quantizer=bits(5), bias_quantizer=bias(), name="c0"),
                    QActivation(quantized_relu(6, 2), name="a0"),
                ],
                name="features",
            ),
            L.Flatten(name="flatten"),
            QDense(3, kernel_quantizer=bits(5), bias_quantizer=bias(), name="fc"),
        ]
    )


@network("one feature map with two consumers of different quantizers; a branch used by three")
def branches():
    i, x = start()
    c = conv(x, "c0", padding="same")
    a, b = act(c, "a0", bits(4, 2)), act(c, "a1", quantized_relu(8, 2))
    a = act(conv(a, "c1", padding="same"), "a2")
    y = act(L.Add(name="add")([a, b, a]), "a3", quantized_relu(6, 3))
    return keras.Model(i, classifier(L.Concatenate(name="all")([y, a, b])))


@network("a quantized model without any linear layer: quantizers, pooling and Add only")
def no_linear_layer():
    i, x = start()
    y = L.MaxPooling2D(2, strides=1, padding="same", name="p")(x)
    return keras.Model(i, act(L.Add(name="add")([x, y]), "a0", bits(4, 1)))


@network("outputs that are functions of one layer's accumulators, of a flatten and of a pool of them")
def outputs_of_functions():
    i, x = start()
    x = act(conv(x, "c0"), "a0")
    y = dense(L.Flatten(name="flatten")(x), "fc", 4)
    m = conv(x, "c1", 2)
    return keras.Model(
        i,
        [
            L.Softmax(name="probabilities")(y),
            y,
            L.LeakyReLU(0.3, name="leaky")(y),
            L.Activation("sigmoid", name="sigmoid")(L.BatchNormalization(name="norm")(y)),
            act(L.Activation("tanh", name="tanh")(y), "codes", bits(4, 0)),
            QActivation("hard_tanh", name="hard")(y),
            L.Reshape((4, 2), name="pixels")(L.ReLU(6.0, threshold=0.25, name="relu")(m)),
            L.AveragePooling2D(2, strides=1, padding="same", name="mean")(L.Activation("sigmoid", name="gate")(m)),
            act(L.MaxPooling2D(2, name="largest")(L.Softmax(name="share")(m)), "steps", bits(5)),
            QActivation("quantized_hswish(8,2)", name="swish")(L.Softmax(name="part")(m)),
            L.BatchNormalization(name="mean_norm")(L.AveragePooling2D(2, padding="same", name="edges")(conv(x, "c2", 3))),
        ],
    )


@network("outputs that are read further on: a quantized input, accumulators, a pool behind a function, codes; one twice")
def outputs_inside():
    i, x = start()
    c = conv(x, "c0", padding="same")
    p = L.MaxPooling2D(2, name="pool")(L.ReLU(name="relu")(c))
    a = act(p, "a0")
    b = L.BatchNormalization(name="norm")(c)
    return keras.Model(i, [x, a, p, c, b, classifier(act(L.Add(name="add")([x, x]), "a1", bits(6, 2))), a])
