using Berth.Api.Core.V1;

namespace Berth.ApiServer.Registry;

/// <summary>A namespace stays, Terminating, until its content is gone and its controller has taken <c>spec.finalizers</c> away.</summary>
public sealed class NamespaceDeletionRules : DeletionRules<Namespace>
{
    public override bool IsHeld(Namespace value) => !value.Spec.Finalizers.IsEmpty;

    public override string? StillHeld =>
        "The system is ensuring all content is removed from this namespace.  Upon completion, this namespace will automatically be purged by the system.";

    public override Namespace MarkDeleting(Namespace value) => value with { Status = value.Status with { Phase = "Terminating" } };
}
