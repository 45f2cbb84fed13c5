package dhara.runners.direct;

import dhara.parity.RealAnalyses;

class DirectRealAnalysesTest extends RealAnalyses {}
