using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Node.V1;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Admission;

/// <summary>Adds to a pod what its runtime class costs, and where that class can run.</summary>
public sealed class RuntimeClassPlugin(IObjectReader objects) : KindPlugin<Pod>
{
    public override string Name => "RuntimeClass";

    protected override async ValueTask<Pod> MutateAsync(AdmissionAttributes attributes, Pod value, Pod? old, CancellationToken cancellation)
    {
        if (attributes.Operation != AdmissionOperation.Create)
            return value;
        var spec = value.Spec;
        if (spec.RuntimeClassName is not { } name)
        {
            return spec.Overhead.IsEmpty
                ? value
                : throw Refuse(attributes, "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead");
        }

        var runtime = await objects.GetAsync<RuntimeClass>(null, name, cancellation).ConfigureAwait(false)
            ?? throw Refuse(attributes, $"pod rejected: RuntimeClass \"{name}\" not found");
        var overhead = runtime.Overhead?.PodFixed ?? [];
        if (!spec.Overhead.IsEmpty && !spec.Overhead.Equals(overhead))
            throw Refuse(attributes, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
        spec = spec with { Overhead = overhead };
        if (runtime.Scheduling is { } scheduling)
        {
            foreach (var (key, wanted) in scheduling.NodeSelector)
            {
                if (spec.NodeSelector.TryGetValue(key, out var has) && has != wanted)
                    throw Refuse(attributes, $"conflict: runtimeClass.scheduling.nodeSelector[{key}] = {wanted}; pod.spec.nodeSelector[{key}] = {has}");
            }

            spec = spec with
            {
                NodeSelector = spec.NodeSelector.With(scheduling.NodeSelector),
                Tolerations = spec.Tolerations.Concat(scheduling.Tolerations.Where(t => !spec.Tolerations.Contains(t))).ToApiList(),
            };
        }

        return spec == value.Spec ? value : value with { Spec = spec };
    }

    private static ApiStatusException Refuse(AdmissionAttributes attributes, string message) =>
        ApiStatusException.Forbidden(Pod.Kind, attributes.Name, message);
}
