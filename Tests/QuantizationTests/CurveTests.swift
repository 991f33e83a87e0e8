import Numbers
import Quantization
import Testing

@Suite struct CurveTests {
  /// Values to 40 places behind the point (mpmath 1.3.0, 60 digits), as integers of these places.
  static let values: [(curve: Curve, argument: Double, places: String)] = [
    (.sigmoid, -3.75, "229773699100256149539038866901585913917"),
    (.sigmoid, -0.0009765625, "4997558593944025517874509399328828508218"),
    (.sigmoid, 0.625, "6513548646660542436211986948549585720614"),
    (.sigmoid, 2.5, "9241418199787564488066938233537522268693"),
    (.tanh, -3.75, "-9988944427261528009678420828048789071529"),
    (.tanh, -0.0009765625, "-9765621895592602185840752701467717628"),
    (.tanh, 0.625, "5545997223493822939990390953230835960581"),
    (.tanh, 2.5, "9866142981514302888812760392373496392125"),
    (.exp, -3.75, "235177458560091082361511851004329394701"),
    (.exp, -0.0009765625, "9990239141819756622347117896103294303192"),
    (.exp, 0.625, "18682459574322224065018356201881044531150"),
    (.exp, 2.5, "121824939607034734380701759511679661831828"),
    (.elu, -3.75, "-9764822541439908917638488148995670605299"),
    (.elu, -0.0009765625, "-9760858180243377652882103896705696808"),
    (.elu, 0.625, "6250000000000000000000000000000000000000"),
    (.elu, 2.5, "25000000000000000000000000000000000000000"),
    (.softplus, -3.75, "232454643724250281958705522748824426486"),
    (.softplus, -0.0009765625, "6926590185192301232472115547052746870872"),
    (.softplus, 0.625, "10537006782765186372135928950216720538417"),
    (.softplus, 2.5, "25788897342925496233440439167175509972591"),
    (.softsign, -3.75, "-7894736842105263157894736842105263157895"),
    (.softsign, -0.0009765625, "-9756097560975609756097560975609756098"),
    (.softsign, 0.625, "3846153846153846153846153846153846153846"),
    (.softsign, 2.5, "7142857142857142857142857142857142857143"),
    (.swish, -3.75, "-861651371625960560771395750880947177189"),
    (.swish, -0.0009765625, "-4880428314398462419799325585282059090"),
    (.swish, 0.625, "4070967904162839022632491842843491075384"),
    (.swish, 2.5, "23103545499468911220167345583843805671732"),
    (.gelu, -3.75, "-3315647346440190966177176814874465595"),
    (.gelu, -0.0009765625, "-4879007890474139431318640275173766933"),
    (.gelu, 0.625, "4587590465384042909336393589538894027288"),
    (.gelu, 2.5, "24844758385604601279207833972880649628863"),
    (.geluTanh, -3.75, "-2192520402506082880120292731764530926"),
    (.geluTanh, -0.0009765625, "-4879007890434145108653903965748258525"),
    (.geluTanh, 0.625, "4587211534028829150228112879698985528336"),
    (.geluTanh, 2.5, "24849157355064611886483034287552458500677"),
    (.mish, -3.75, "-871547938842190153686944570473339520746"),
    (.mish, -0.0009765625, "-5856323093593039581061674949756916550"),
    (.mish, 0.625, "4895255911375329779059847029953638710049"),
    (.mish, 2.5, "24713923045578811068555649451361878917219"),
    (.erf, -3.75, "-9999998862727434302033467409234169933911"),
    (.erf, -0.0009765625, "-11019324300718147041712534961185736938"),
    (.erf, 0.625, "6232408821884179724486405058767902747003"),
    (.erf, 2.5, "9995930479825550410604357842600250872797"),
  ]

  @Test(arguments: values) func enclosuresHoldTheValue(_ curve: Curve, _ argument: Double, _ places: String) throws {
    let power = try #require(BigInteger("1" + String(repeating: "0", count: 40)))
    let value = Rational(try #require(BigInteger(places)), over: power)
    let place = Rational(1, over: power)
    for bits in [30, 60, 120] {
      let enclosure = try #require(curve.enclosure(of: Rational(argument), bits: bits))
      #expect(enclosure.lowerBound <= value + place && enclosure.upperBound >= value - place)
      #expect(enclosure.upperBound - enclosure.lowerBound <= .powerOfTwo(4 - bits))
    }
    #expect(abs(curve(argument) - value.double) <= 4 * max(1, abs(argument), value.double).ulp)
  }

  /// On both sides of the place where it turns, the function falls and rises.
  @Test(arguments: Curve.allCases) func turningPointsAreWhereFunctionsTurn(_ curve: Curve) throws {
    guard let turn = curve.turningPoint else { return }
    let hair = Rational.powerOfTwo(-70)
    func value(_ argument: Rational) throws -> ClosedRange<Rational> {
      try #require(curve.enclosure(of: argument, bits: 400))
    }
    #expect(try value(turn.lowerBound).lowerBound > value(turn.lowerBound + hair).upperBound)
    #expect(try value(turn.upperBound - hair).upperBound < value(turn.upperBound).lowerBound)
  }

  @Test(arguments: Curve.allCases) func slopesAreBelowTheSteepest(_ curve: Curve) {
    for argument in stride(from: -9, through: 9, by: 0.125) {
      let next = argument + 0x1p-20
      #expect(abs(curve(next) - curve(argument)) <= curve.steepest(upTo: next) * (next - argument) + 0x1p-40)
    }
  }

  @Test func largeArguments() throws {
    for curve in Curve.allCases {
      for argument in [-1e5, 1e5] {
        guard let enclosure = curve.enclosure(of: Rational(argument), bits: 64) else {
          #expect(curve == .exp && argument > 0)
          continue
        }
        #expect(abs(enclosure.lowerBound.double - curve(argument)) <= 1e-10)
      }
    }
  }
}
