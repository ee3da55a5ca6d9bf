using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;

namespace Berth.ApiServer.Validation.Pods;

/// <summary>What is accepted about a pod or a template, but is deprecated, without effect, or hardly meant.</summary>
public static class PodWarnings
{
    private static readonly Dictionary<string, string> s_nodeLabels = new()
    {
        ["beta.kubernetes.io/arch"] = "deprecated since v1.14; use \"kubernetes.io/arch\" instead",
        ["beta.kubernetes.io/os"] = "deprecated since v1.14; use \"kubernetes.io/os\" instead",
        ["failure-domain.beta.kubernetes.io/region"] = "deprecated since v1.17; use \"topology.kubernetes.io/region\" instead",
        ["failure-domain.beta.kubernetes.io/zone"] = "deprecated since v1.17; use \"topology.kubernetes.io/zone\" instead",
        ["beta.kubernetes.io/instance-type"] = "deprecated since v1.17; use \"node.kubernetes.io/instance-type\" instead",
    };

    /// <summary>A name with dots, or a long one, becomes a host name that is not what people expect.</summary>
    public static IEnumerable<string> OfName(string name, string use = "Pod names and hostnames")
    {
        var problems = NameSyntax.DnsLabel(name);
        return problems.Length == 0
            ? []
            : [$"metadata.name: this is used in {use}, which can result in surprising behavior; a DNS label is recommended: [{string.Join(' ', problems)}]"];
    }

    /// <param name="root">Of the template; <see cref="FieldPath.Root"/> for a pod.</param>
    public static List<string> Of(FieldPath root, PodSpec spec, ObjectMeta metadata)
    {
        var warnings = new List<string>();
        var path = root["spec"];
        foreach (var key in spec.NodeSelector.Keys)
        {
            if (s_nodeLabels.TryGetValue(key, out var warning))
                warnings.Add($"{path["nodeSelector"].Key(key)}: {warning}");
        }

        for (var i = 0; i < spec.TopologySpreadConstraints.Count; i++)
        {
            var constraint = spec.TopologySpreadConstraints[i];
            if (s_nodeLabels.TryGetValue(constraint.TopologyKey, out var warning))
                warnings.Add($"{path["topologySpreadConstraints"][i]["topologyKey"]}: {constraint.TopologyKey} is {warning}");
            if (constraint.LabelSelector is null)
                warnings.Add($"{path["topologySpreadConstraints"][i]["labelSelector"]}: a null labelSelector results in matching no pod");
        }

        foreach (var key in metadata.Annotations.Keys)
        {
            if (key.StartsWith("seccomp.security.alpha.kubernetes.io/pod", StringComparison.Ordinal) || key.StartsWith("container.seccomp.security.alpha.kubernetes.io/", StringComparison.Ordinal))
                warnings.Add($"{root["metadata"]["annotations"].Key(key)}: non-functional in v1.27+; use the \"seccompProfile\" field instead");
            else if (key.StartsWith("container.apparmor.security.beta.kubernetes.io/", StringComparison.Ordinal))
                warnings.Add($"{root["metadata"]["annotations"].Key(key)}: deprecated since v1.30; use the \"appArmorProfile\" field instead");
        }

        Volumes(warnings, path["volumes"], spec.Volumes);
        Duplicates(warnings, path["hostAliases"], "ip", spec.HostAliases.Select(a => a.Ip).ToList());
        Duplicates(warnings, path["imagePullSecrets"], "name", spec.ImagePullSecrets.Select(s => s.Name).ToList());
        for (var i = 0; i < spec.InitContainers.Count; i++)
            Container(warnings, path["initContainers"][i], spec.InitContainers[i]);
        for (var i = 0; i < spec.Containers.Count; i++)
            Container(warnings, path["containers"][i], spec.Containers[i]);
        if (spec.TerminationGracePeriodSeconds < 0)
            warnings.Add($"{path["terminationGracePeriodSeconds"]}: must be >= 0; negative values are invalid and will be treated as 1");
        return warnings;
    }

    private static void Volumes(List<string> warnings, FieldPath path, ApiList<Volume> volumes)
    {
        for (var i = 0; i < volumes.Count; i++)
        {
            var volume = volumes[i];
            var (name, warning) = volume switch
            {
                { PhotonPersistentDisk: not null } => ("photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"),
                { GitRepo: not null } => ("gitRepo", "deprecated in v1.11, and disabled by default in v1.33+"),
                { ScaleIO: not null } => ("scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
                { Flocker: not null } => ("flocker", "deprecated in v1.22, non-functional in v1.25+"),
                { Storageos: not null } => ("storageOS", "deprecated in v1.22, non-functional in v1.25+"),
                { Quobyte: not null } => ("quobyte", "deprecated in v1.22, non-functional in v1.25+"),
                { Glusterfs: not null } => ("glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
                { Cephfs: not null } => ("cephfs", "deprecated in v1.28, non-functional in v1.31+"),
                { Rbd: not null } => ("rbd", "deprecated in v1.28, non-functional in v1.31+"),
                _ => ("", ""),
            };
            if (name.Length > 0)
                warnings.Add($"{path[i][name]}: {warning}");
            if (volume.Projected is { Sources.IsEmpty: true })
                warnings.Add($"volume \"{volume.Name}\" (Projected) has no sources provided");
        }
    }

    private static void Duplicates(List<string> warnings, FieldPath path, string field, List<string> values)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i].Length == 0 && field == "name")
                warnings.Add($"{path[i][field]}: invalid empty name \"\"");
            else if (values.IndexOf(values[i]) < i)
                warnings.Add($"{path[i][field]}: duplicate {field} \"{values[i]}\"");
        }
    }

    private static void Container(List<string> warnings, FieldPath path, Container container)
    {
        foreach (var (list, amounts) in (ReadOnlySpan<(string, ApiMap<Quantity>)>)[("limits", container.Resources.Limits), ("requests", container.Resources.Requests)])
        {
            foreach (var name in (ReadOnlySpan<string>)["memory", "ephemeral-storage"])
            {
                if (amounts.TryGetValue(name, out var quantity) && quantity.MilliValue % 1000 != 0)
                    warnings.Add($"{path["resources"][list].Key(name)}: fractional byte value \"{quantity}\" is invalid, must be an integer");
            }
        }

        for (var i = 0; i < container.Env.Count; i++)
        {
            var variable = container.Env[i];
            // A later definition may build on the earlier one.
            if (container.Env.Take(i).Any(e => e.Name == variable.Name) && !variable.Value.Contains($"$({variable.Name})", StringComparison.Ordinal))
                warnings.Add($"{path["env"][i]}: hides previous definition of \"{variable.Name}\", which may be dropped when using apply");
        }

        for (var i = 0; i < container.Ports.Count; i++)
        {
            var port = container.Ports[i];
            for (var j = 0; j < i; j++)
            {
                var other = container.Ports[j];
                if (other.ContainerPortValue == port.ContainerPortValue && other.Protocol == port.Protocol && other.HostIP == port.HostIP && other.HostPort == port.HostPort)
                    warnings.Add($"{path["ports"][i]}: duplicate port definition with {path["ports"][j]}");
                else if (port.Name.Length > 0 && other.Name == port.Name)
                    warnings.Add($"{path["ports"][i]}: duplicate port name \"{port.Name}\" with {path["ports"][j]}, services and probes that select ports by name will use {path["ports"][j]}");
            }
        }
    }
}
