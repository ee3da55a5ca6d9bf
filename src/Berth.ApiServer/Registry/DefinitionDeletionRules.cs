using Berth.Api.ApiExtensions.V1;
using Berth.ApiServer.CustomResources;
using Berth.ApiServer.Strategies.Extensions;

namespace Berth.ApiServer.Registry;

/// <summary>A definition stays until its objects are gone.</summary>
public sealed class DefinitionDeletionRules(TimeProvider time) : DeletionRules<CustomResourceDefinition>
{
    // The first delete puts the finalizer there; without it, and with the deletion begun, nothing holds the definition any more.
    public override bool IsHeld(CustomResourceDefinition value) =>
        value.Metadata.DeletionTimestamp is null || value.Metadata.Finalizers.Contains(CustomResourceDefinitionStrategy.CleanupFinalizer);

    public override CustomResourceDefinition MarkDeleting(CustomResourceDefinition value)
    {
        if (value.Status.Conditions.Any(c => c is { Type: "Terminating", Status: "True" }))
            return value;
        if (!value.Metadata.Finalizers.Contains(CustomResourceDefinitionStrategy.CleanupFinalizer))
            value = value.WithMetadata(value.Metadata with { Finalizers = value.Metadata.Finalizers.Add(CustomResourceDefinitionStrategy.CleanupFinalizer) });
        return DefinitionNames.Terminating(
            value, "InstanceDeletionPending", "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon", time.GetUtcNow());
    }
}
