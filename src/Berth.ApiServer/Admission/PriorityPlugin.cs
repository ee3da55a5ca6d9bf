using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Scheduling.V1;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Admission;

/// <summary>Resolves the name of a pod's priority class to its number, and keeps at most one class the default.</summary>
public sealed class PriorityPlugin(IObjectReader objects) : IAdmissionPlugin
{
    private const string DefaultPolicy = "PreemptLowerPriority";

    public string Name => "Priority";

    public async ValueTask<T> MutateAsync<T>(AdmissionAttributes attributes, T value, T? old, CancellationToken cancellation)
        where T : class, IApiObject<T>
    {
        if (value is not Pod pod || attributes.Subresource.Length > 0)
            return value;
        return attributes.Operation switch
        {
            AdmissionOperation.Create => (T)(object)await ResolveAsync(attributes, pod, cancellation).ConfigureAwait(false),
            AdmissionOperation.Update when old is Pod before => (T)(object)Keep(pod, before),
            _ => value,
        };
    }

    public ValueTask ValidateAsync(AdmissionAttributes attributes, IApiObject? value, IApiObject? old, CancellationToken cancellation)
    {
        if (value is not PriorityClass { GlobalDefault: true } asked || attributes.Operation is not (AdmissionOperation.Create or AdmissionOperation.Update))
            return ValueTask.CompletedTask;
        var other = objects.List<PriorityClass>().FirstOrDefault(c => c.GlobalDefault && c.Metadata.Name != asked.Metadata.Name);
        return other is null
            ? ValueTask.CompletedTask
            : throw ApiStatusException.Forbidden(
                PriorityClass.Kind, asked.Metadata.Name, $"PriorityClass {other.Metadata.Name} is already marked as default. Only one default can exist");
    }

    // Clients that know nothing of the numbers send pods back without them.
    private static Pod Keep(Pod pod, Pod old)
    {
        if (pod.Spec.Priority is null && old.Spec.Priority is not null)
            pod = pod with { Spec = pod.Spec with { Priority = old.Spec.Priority } };
        return pod.Spec.PreemptionPolicy is null && old.Spec.PreemptionPolicy is not null
            ? pod with { Spec = pod.Spec with { PreemptionPolicy = old.Spec.PreemptionPolicy } }
            : pod;
    }

    private async ValueTask<Pod> ResolveAsync(AdmissionAttributes attributes, Pod pod, CancellationToken cancellation)
    {
        var name = pod.Spec.PriorityClassName;
        PriorityClass? found;
        if (name.Length == 0)
        {
            // Two may be default for a moment, when they were made at once: the lower one wins.
            found = objects.List<PriorityClass>().Where(c => c.GlobalDefault).MinBy(c => c.Value);
        }
        else
        {
            found = await objects.GetAsync<PriorityClass>(null, name, cancellation).ConfigureAwait(false)
                ?? throw Refuse($"no PriorityClass with name {name} was found");
        }

        var (priority, policy) = (found?.Value ?? 0, found?.PreemptionPolicy ?? DefaultPolicy);
        if (pod.Spec.Priority is { } given && given != priority)
            throw Refuse($"the integer value of priority ({given}) must not be provided in pod spec; priority admission controller computed {priority} from the given PriorityClass name");
        if (pod.Spec.PreemptionPolicy is { } wanted && wanted != policy)
            throw Refuse($"the string value of PreemptionPolicy ({wanted}) must not be provided in pod spec; priority admission controller computed {policy} from the given PriorityClass name");
        return pod with { Spec = pod.Spec with { PriorityClassName = found?.Metadata.Name ?? "", Priority = priority, PreemptionPolicy = policy } };

        ApiStatusException Refuse(string message) => ApiStatusException.Forbidden(Pod.Kind, attributes.Name, message);
    }
}
