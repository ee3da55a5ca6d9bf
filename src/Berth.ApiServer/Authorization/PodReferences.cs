using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Resources.Claims;

namespace Berth.ApiServer.Authorization;

/// <summary>
/// Names of the objects that a pod needs on its node. Of volume plugins only those are looked into that Berth's node agent
/// has, CSI included: secrets of the old in-tree drivers give no access.
/// </summary>
internal static class PodReferences
{
    public static bool UsesSecret(Pod pod, string name) =>
        pod.Spec.ImagePullSecrets.Any(s => s.Name == name)
        || pod.Spec.Volumes.Any(v => v.Secret?.SecretName == name
            || v.Csi?.NodePublishSecretRef?.Name == name
            || (v.Projected?.Sources.Any(s => s.Secret?.Name == name) ?? false))
        || Environment(pod).Any(e => e.ValueFrom?.SecretKeyRef?.Name == name)
        || EnvironmentSources(pod).Any(e => e.SecretRef?.Name == name);

    public static bool UsesConfigMap(Pod pod, string name) =>
        pod.Spec.Volumes.Any(v => v.ConfigMap?.Name == name || (v.Projected?.Sources.Any(s => s.ConfigMap?.Name == name) ?? false))
        || Environment(pod).Any(e => e.ValueFrom?.ConfigMapKeyRef?.Name == name)
        || EnvironmentSources(pod).Any(e => e.ConfigMapRef?.Name == name);

    public static bool UsesClaim(Pod pod, string name) => Claims(pod).Contains(name);

    public static bool UsesResourceClaim(Pod pod, string name) => PodClaims.KeysOf(pod).Any(k => k.Name == name);

    public static bool UsesServiceAccount(Pod pod, string name) => pod.Spec.ServiceAccountName == name;

    /// <summary>The claims of its volumes, generic ephemeral ones included.</summary>
    public static IEnumerable<string> Claims(Pod pod)
    {
        foreach (var volume in pod.Spec.Volumes)
        {
            if (volume.PersistentVolumeClaim is { } claim) yield return claim.ClaimName;
            else if (volume.Ephemeral is not null) yield return $"{pod.Metadata.Name}-{volume.Name}";
        }
    }

    /// <summary>Audiences of the tokens in its volumes; empty stands for the API server.</summary>
    public static IEnumerable<string> TokenAudiences(Pod pod) =>
        pod.Spec.Volumes.SelectMany(v => v.Projected?.Sources ?? []).Select(s => s.ServiceAccountToken?.Audience).OfType<string>();

    /// <summary>What of the API it needs, for mirror pods, which may need none; null when nothing.</summary>
    public static string? FirstReference(Pod pod)
    {
        if (pod.Spec.ServiceAccountName.Length > 0) return "serviceaccounts";
        if (pod.Spec.ResourceClaims.Count > 0) return "resourceclaims";
        if (Claims(pod).Any()) return "persistentvolumeclaims";
        if (pod.Spec.ImagePullSecrets.Count > 0
            || pod.Spec.Volumes.Any(v => v.Secret is not null || v.Csi?.NodePublishSecretRef is not null || (v.Projected?.Sources.Any(s => s.Secret is not null) ?? false))
            || Environment(pod).Any(e => e.ValueFrom?.SecretKeyRef is not null)
            || EnvironmentSources(pod).Any(e => e.SecretRef is not null))
            return "secrets";
        if (pod.Spec.Volumes.Any(v => v.ConfigMap is not null || (v.Projected?.Sources.Any(s => s.ConfigMap is not null) ?? false))
            || Environment(pod).Any(e => e.ValueFrom?.ConfigMapKeyRef is not null)
            || EnvironmentSources(pod).Any(e => e.ConfigMapRef is not null))
            return "configmaps";
        return pod.Spec.Volumes.Any(v => v.Projected?.Sources.Any(s => s.ServiceAccountToken is not null) ?? false) ? "serviceaccounts" : null;
    }

    private static IEnumerable<EnvVar> Environment(Pod pod) =>
        pod.Spec.InitContainers.SelectMany(c => c.Env)
            .Concat(pod.Spec.Containers.SelectMany(c => c.Env))
            .Concat(pod.Spec.EphemeralContainers.SelectMany(c => c.Env));

    private static IEnumerable<EnvFromSource> EnvironmentSources(Pod pod) =>
        pod.Spec.InitContainers.SelectMany(c => c.EnvFrom)
            .Concat(pod.Spec.Containers.SelectMany(c => c.EnvFrom))
            .Concat(pod.Spec.EphemeralContainers.SelectMany(c => c.EnvFrom));
}
