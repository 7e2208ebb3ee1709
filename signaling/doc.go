// Package signaling lets people invite each other and is the one authority on
// what became of every invitation.
//
// It carries TIM's signaling API (invite, cancel, accept, reject,
// modifyInvitation, getSignalingInfo) with one difference: in TIM each client
// keeps its own timers and its own view; here the server owns one durable state
// per invitee, decides every race, and runs the one timer.
//
// The [Service] works on a decision loop (internal/commit). A request becomes a
// decision: the invitation's pure state machine ([call.Invitation]) accepts or
// refuses the event, the new state is stored, and only then the answer and the
// events leave. Timers are rebuilt from the store at start ([Service.Load]).
//
// What an invitation's data means is none of this package's business. Those who
// know calls are asked before an invitation comes to be and told of everything
// that happens to it, inside the same decision ([Calls]), so that an invitation
// and the call it is about can never disagree, not even after a crash.
//
// An invitation and each outcome stand in the conversation as messages, unless
// it is for those online only; who keeps conversations is asked for that
// ([Messages]).
//
// Who is told: one-to-one, all sessions of inviter and invitee; in a group, all
// sessions of all members. The session that made the change has its answer
// instead.
package signaling
