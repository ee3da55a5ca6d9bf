using System.Text;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Node.Volumes;

namespace Berth.Node.PodSync;

/// <summary>
/// Environment of a container, in the order in which Kubernetes lets one source win over another: services, envFrom, env.
/// </summary>
public sealed class ContainerEnvironment(ReferencedObjects references, Func<string, IEnumerable<Service>> servicesOf, ApiMap<Quantity> allocatable, IReadOnlyList<string> hostIps)
{
    /// <exception cref="ContainerConfigException">Something referred to is not there.</exception>
    public async Task<IReadOnlyDictionary<string, string>> BuildAsync(Pod pod, Container container, IReadOnlyList<string> podIps, CancellationToken ct)
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var source in container.EnvFrom) await AddFromAsync(result, pod, source, ct);

        var services = ServiceVariables.Of(servicesOf(pod.Metadata.Namespace), pod.Spec.EnableServiceLinks ?? true, pod.Metadata.Namespace);
        foreach (var variable in container.Env)
        {
            var value = variable.ValueFrom is { } from
                ? await ValueAsync(pod, container, from, podIps, ct)
                : VariableExpansion.Expand(variable.Value, name => result.GetValueOrDefault(name) ?? services.GetValueOrDefault(name));
            if (value is not null) result[variable.Name] = value;
        }

        foreach (var (name, value) in services) result.TryAdd(name, value);
        return result;
    }

    private async Task AddFromAsync(Dictionary<string, string> result, Pod pod, EnvFromSource source, CancellationToken ct)
    {
        var ns = pod.Metadata.Namespace;
        if (source.ConfigMapRef is { } map)
        {
            var found = await references.ConfigMapAsync(pod, map.Name, ct);
            if (found is null && map.Optional != true) throw ContainerConfigException.Config($"configmap \"{map.Name}\" not found");
            foreach (var (key, value) in found?.Data ?? []) result[source.Prefix + key] = value;
        }

        if (source.SecretRef is { } secret)
        {
            var found = await references.SecretAsync(pod, secret.Name, ct);
            if (found is null && secret.Optional != true) throw ContainerConfigException.Config($"secret \"{secret.Name}\" not found");
            foreach (var (key, value) in found?.Data ?? []) result[source.Prefix + key] = Encoding.UTF8.GetString(value.Span);
        }
    }

    private async Task<string?> ValueAsync(Pod pod, Container container, EnvVarSource from, IReadOnlyList<string> podIps, CancellationToken ct)
    {
        var ns = pod.Metadata.Namespace;
        if (from.FieldRef is { } field) return PodFields.Field(pod, field.FieldPath, podIps, hostIps);
        if (from.ResourceFieldRef is { } resource) return PodFields.Resource(pod, container, resource, allocatable);
        if (from.ConfigMapKeyRef is { } map)
        {
            var found = await references.ConfigMapAsync(pod, map.Name, ct);
            if (found is null) return map.Optional == true ? null : throw ContainerConfigException.Config($"configmap \"{map.Name}\" not found");
            if (found.Data.TryGetValue(map.Key, out var text)) return text;
            return map.Optional == true ? null : throw ContainerConfigException.Config($"couldn't find key {map.Key} in ConfigMap {ns}/{map.Name}");
        }

        if (from.SecretKeyRef is { } secret)
        {
            var found = await references.SecretAsync(pod, secret.Name, ct);
            if (found is null) return secret.Optional == true ? null : throw ContainerConfigException.Config($"secret \"{secret.Name}\" not found");
            if (found.Data.TryGetValue(secret.Key, out var bytes)) return Encoding.UTF8.GetString(bytes.Span);
            return secret.Optional == true ? null : throw ContainerConfigException.Config($"couldn't find key {secret.Key} in Secret {ns}/{secret.Name}");
        }

        throw ContainerConfigException.Config("a variable's valueFrom names no source that this node supports");
    }
}
