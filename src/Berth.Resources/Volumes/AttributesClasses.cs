using Berth.Api.Core.V1;

namespace Berth.Resources.Volumes;

/// <summary>The VolumeAttributesClasses that claims and volumes speak of.</summary>
public static class AttributesClasses
{
    /// <summary>What a claim wants, what its volume has, and what its volume is being changed to. Each once, without empty names.</summary>
    public static IEnumerable<string> Of(PersistentVolumeClaim claim) =>
        new[] { claim.Spec.VolumeAttributesClassName, claim.Status.CurrentVolumeAttributesClassName, claim.Status.ModifyVolumeStatus?.TargetVolumeAttributesClassName }
            .OfType<string>().Where(n => n.Length > 0).Distinct(StringComparer.Ordinal);

    public static IEnumerable<string> Of(PersistentVolume volume) => volume.Spec.VolumeAttributesClassName is { Length: > 0 } name ? [name] : [];
}
