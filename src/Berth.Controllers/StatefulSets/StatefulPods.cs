using System.Globalization;
using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Controllers.Pods;

namespace Berth.Controllers.StatefulSets;

/// <summary>Names, pods and claims of a StatefulSet's ordinals.</summary>
public static class StatefulPods
{
    public const string PodNameLabel = "statefulset.kubernetes.io/pod-name";
    public const string PodIndexLabel = "apps.kubernetes.io/pod-index";

    /// <summary>On pods: the name of their revision.</summary>
    public const string RevisionLabel = "controller-revision-hash";

    public static int Start(StatefulSet set) => set.Spec.Ordinals?.Start ?? 0;

    public static int Replicas(StatefulSet set) => set.Spec.Replicas ?? 1;

    public static string Name(StatefulSet set, int ordinal) => string.Create(CultureInfo.InvariantCulture, $"{set.Metadata.Name}-{ordinal}");

    public static string ClaimName(StatefulSet set, PersistentVolumeClaim template, int ordinal) =>
        string.Create(CultureInfo.InvariantCulture, $"{template.Metadata.Name}-{set.Metadata.Name}-{ordinal}");

    /// <summary>Null for pods whose name is none of the set's.</summary>
    public static int? Ordinal(StatefulSet set, Pod pod)
    {
        var name = pod.Metadata.Name;
        var prefix = set.Metadata.Name.Length + 1;
        if (name.Length <= prefix || name[prefix - 1] != '-' || !name.StartsWith(set.Metadata.Name, StringComparison.Ordinal))
            return null;
        // "web-01" is not the name of ordinal 1.
        var digits = name.AsSpan(prefix);
        if (digits.Length > 1 && digits[0] == '0')
            return null;
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal) ? ordinal : null;
    }

    public static string Revision(Pod pod) => pod.Metadata.Labels.GetOr(RevisionLabel, "");

    public static Pod Make(StatefulSet set, int ordinal, PodTemplateSpec template, string revision)
    {
        var pod = PodTemplates.Pod(template, set);
        var name = Name(set, ordinal);
        pod = pod with
        {
            Metadata = pod.Metadata with { GenerateName = "", Name = name, Labels = pod.Metadata.Labels.With(RevisionLabel, revision) },
            Spec = pod.Spec with { Hostname = name, Subdomain = set.Spec.ServiceName, Volumes = Volumes(set, ordinal, pod.Spec.Volumes) },
        };
        return WithIdentity(set, pod, ordinal);
    }

    /// <summary>The pod with the labels that tell who it is; the same pod when it has them.</summary>
    public static Pod WithIdentity(StatefulSet set, Pod pod, int ordinal)
    {
        var name = Name(set, ordinal);
        var index = ordinal.ToString(CultureInfo.InvariantCulture);
        var labels = pod.Metadata.Labels;
        if (labels.GetOr(PodNameLabel) == name && labels.GetOr(PodIndexLabel) == index)
            return pod;
        return pod with { Metadata = pod.Metadata with { Labels = labels.With(PodNameLabel, name).With(PodIndexLabel, index) } };
    }

    /// <summary>The claims that a pod of this ordinal uses, as they are created.</summary>
    public static IEnumerable<PersistentVolumeClaim> Claims(StatefulSet set, int ordinal)
    {
        foreach (var template in set.Spec.VolumeClaimTemplates)
        {
            yield return template with
            {
                Metadata = template.Metadata with
                {
                    Name = ClaimName(set, template, ordinal),
                    Namespace = set.Metadata.Namespace,
                    Labels = template.Metadata.Labels.With(set.Spec.Selector?.MatchLabels ?? []),
                },
                Status = PersistentVolumeClaimStatus.Empty,
            };
        }
    }

    // Claims take the place of the template's own volumes of the same name.
    private static ApiList<Volume> Volumes(StatefulSet set, int ordinal, ApiList<Volume> own)
    {
        if (set.Spec.VolumeClaimTemplates.IsEmpty)
            return own;
        var claimed = set.Spec.VolumeClaimTemplates.Select(t => new Volume
        {
            Name = t.Metadata.Name,
            PersistentVolumeClaim = new PersistentVolumeClaimVolumeSource { ClaimName = ClaimName(set, t, ordinal) },
        }).ToList();
        return [.. claimed, .. own.Where(v => claimed.TrueForAll(c => c.Name != v.Name))];
    }
}
