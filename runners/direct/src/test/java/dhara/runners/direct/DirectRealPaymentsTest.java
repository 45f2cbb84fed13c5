package dhara.runners.direct;

import dhara.parity.RealPayments;

class DirectRealPaymentsTest extends RealPayments {}
