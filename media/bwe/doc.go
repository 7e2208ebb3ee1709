// Package bwe is bandwidth estimation at the sending side: how many bits a second
// the path to one viewer takes.
//
// [Departures] number every packet that goes to the viewer and remember when it
// left. The viewer answers with transport-wide feedback
// (draft-holmer-rmcat-transport-wide-cc-extensions-01), read into a [Feedback]. An
// [Estimator] makes a target of both: from the trend of the delay and from loss,
// after draft-ietf-rmcat-gcc-02, with the differences told in docs/adr/0017.
// Nothing is limited before congestion was seen. What there is beyond the target is
// found out by probes: the estimator says when and at what rate, its user sends
// the padding. For viewers without such feedback REMB or the loss they report
// has to do.
//
// Nothing here keeps a clock or sends anything: moments come in as nanoseconds
// that never go back.
package bwe
