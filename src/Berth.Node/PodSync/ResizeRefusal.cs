namespace Berth.Node.PodSync;

/// <summary>Why a pod does not get other resources now.</summary>
/// <param name="Reason"><see cref="Infeasible"/>: never on this node; <see cref="Deferred"/>: as soon as others make room.</param>
public sealed record ResizeRefusal(string Reason, string Message)
{
    public const string Infeasible = "Infeasible";
    public const string Deferred = "Deferred";
}
