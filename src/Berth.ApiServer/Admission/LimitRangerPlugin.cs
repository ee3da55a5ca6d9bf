using System.Globalization;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;
using Berth.Resources.Demand;

namespace Berth.ApiServer.Admission;

/// <summary>Holds pods and claims to the limit ranges of their namespace, and fills in the amounts that they leave open.</summary>
public sealed class LimitRangerPlugin(IObjectReader objects) : IAdmissionPlugin
{
    private const string Annotation = "kubernetes.io/limit-ranger";

    public string Name => "LimitRanger";

    public ValueTask<T> MutateAsync<T>(AdmissionAttributes attributes, T value, T? old, CancellationToken cancellation)
        where T : class, IApiObject<T>
    {
        if (value is not Pod pod || attributes is not { Operation: AdmissionOperation.Create, Subresource: "" })
            return ValueTask.FromResult(value);
        foreach (var range in Ranges(attributes))
            pod = WithDefaults(pod, range);
        return ValueTask.FromResult((T)(object)pod);
    }

    public ValueTask ValidateAsync(AdmissionAttributes attributes, IApiObject? value, IApiObject? old, CancellationToken cancellation)
    {
        var applies = value switch
        {
            Pod => attributes is { Operation: AdmissionOperation.Create, Subresource: "" } or { Operation: AdmissionOperation.Update, Subresource: "resize" },
            PersistentVolumeClaim => attributes is { Operation: AdmissionOperation.Create or AdmissionOperation.Update, Subresource: "" },
            _ => false,
        };
        if (!applies)
            return ValueTask.CompletedTask;
        foreach (var range in Ranges(attributes))
        {
            var problems = new List<string>();
            foreach (var item in range.Spec.Limits)
                Check(problems, item, value!);
            if (problems.Count > 0)
                throw ApiStatusException.Forbidden(value!.KindInfo, attributes.Name, problems.Count == 1 ? problems[0] : $"[{string.Join(", ", problems)}]");
        }

        return ValueTask.CompletedTask;
    }

    private IEnumerable<LimitRange> Ranges(AdmissionAttributes attributes) =>
        objects.List<LimitRange>(attributes.Namespace).OrderBy(r => r.Metadata.Name, StringComparer.Ordinal);

    private static Pod WithDefaults(Pod pod, LimitRange range)
    {
        var (limits, requests) = (ApiMap<Quantity>.Empty, ApiMap<Quantity>.Empty);
        foreach (var item in range.Spec.Limits)
        {
            if (item.Type != "Container")
                continue;
            limits = limits.With(item.Default);
            requests = requests.With(item.DefaultRequest);
        }

        var done = new List<string>();
        var spec = pod.Spec with
        {
            Containers = pod.Spec.Containers.Map(c => WithDefaults(c, "container", limits, requests, done)),
            InitContainers = pod.Spec.InitContainers.Map(c => WithDefaults(c, "init container", limits, requests, done)),
        };
        return done.Count == 0
            ? pod
            : pod with
            {
                Spec = spec,
                Metadata = pod.Metadata with { Annotations = pod.Metadata.Annotations.With(Annotation, "LimitRanger plugin set: " + string.Join("; ", done)) },
            };
    }

    private static Container WithDefaults(Container container, string what, ApiMap<Quantity> limits, ApiMap<Quantity> requests, List<string> done)
    {
        var resources = container.Resources;
        var filled = resources with { Limits = Fill(resources.Limits, limits, out var limited), Requests = Fill(resources.Requests, requests, out var requested) };
        if (requested.Count > 0)
            done.Add($"{string.Join(", ", requested)} request for {what} {container.Name}");
        if (limited.Count > 0)
            done.Add($"{string.Join(", ", limited)} limit for {what} {container.Name}");
        return limited.Count + requested.Count == 0 ? container : container with { Resources = filled };
    }

    private static ApiMap<Quantity> Fill(ApiMap<Quantity> amounts, ApiMap<Quantity> defaults, out List<string> filled)
    {
        filled = [];
        foreach (var (name, quantity) in defaults)
        {
            if (amounts.ContainsKey(name))
                continue;
            amounts = amounts.With(name, quantity);
            filled.Add(name);
        }

        return amounts;
    }

    private static void Check(List<string> problems, LimitRangeItem item, IApiObject value)
    {
        switch (item.Type, value)
        {
            case ("Container", Pod pod):
                foreach (var container in pod.Spec.Containers.Concat(pod.Spec.InitContainers))
                    Check(problems, item, container.Resources.Requests, container.Resources.Limits);
                break;
            case ("Pod", Pod pod):
                Check(problems, item, PodResources.ContainerRequests(pod.Spec).With(pod.Spec.Resources?.Requests ?? []), PodResources.ContainerLimits(pod.Spec).With(pod.Spec.Resources?.Limits ?? []));
                break;
            case ("PersistentVolumeClaim", PersistentVolumeClaim claim):
                foreach (var (name, min) in item.Min)
                    Min(problems, item.Type, name, min, claim.Spec.Resources.Requests, []);
                foreach (var (name, max) in item.Max)
                    MaxRequest(problems, item.Type, name, max, claim.Spec.Resources.Requests);
                break;
            default:
                break;
        }
    }

    private static void Check(List<string> problems, LimitRangeItem item, ApiMap<Quantity> requests, ApiMap<Quantity> limits)
    {
        foreach (var (name, min) in item.Min)
            Min(problems, item.Type, name, min, requests, limits);
        foreach (var (name, max) in item.Max)
        {
            if (!limits.TryGetValue(name, out var limit))
                problems.Add($"maximum {name} usage per {item.Type} is {max}.  No limit is specified");
            else if (limit > max)
                problems.Add($"maximum {name} usage per {item.Type} is {max}, but limit is {limit}");
            else if (requests.TryGetValue(name, out var request) && request > max)
                problems.Add($"maximum {name} usage per {item.Type} is {max}, but request is {request}");
        }

        foreach (var (name, ratio) in item.MaxLimitRequestRatio)
        {
            var (request, limit) = (requests.GetOr(name), limits.GetOr(name));
            if (request.IsZero)
                problems.Add($"{name} max limit to request ratio per {item.Type} is {ratio}, but no request is specified or request is 0");
            else if (limit.IsZero)
                problems.Add($"{name} max limit to request ratio per {item.Type} is {ratio}, but no limit is specified or limit is 0");
            else if ((double)limit.MilliValue / request.MilliValue is var actual && actual * 1000 > ratio.MilliValue)
                problems.Add($"{name} max limit to request ratio per {item.Type} is {ratio}, but provided ratio is {actual.ToString("F6", CultureInfo.InvariantCulture)}");
        }
    }

    private static void Min(List<string> problems, string type, string name, Quantity min, ApiMap<Quantity> requests, ApiMap<Quantity> limits)
    {
        if (!requests.TryGetValue(name, out var request))
            problems.Add($"minimum {name} usage per {type} is {min}.  No request is specified");
        else if (request < min)
            problems.Add($"minimum {name} usage per {type} is {min}, but request is {request}");
        else if (limits.TryGetValue(name, out var limit) && limit < min)
            problems.Add($"minimum {name} usage per {type} is {min}, but limit is {limit}");
    }

    private static void MaxRequest(List<string> problems, string type, string name, Quantity max, ApiMap<Quantity> requests)
    {
        if (!requests.TryGetValue(name, out var request))
            problems.Add($"maximum {name} usage per {type} is {max}.  No request is specified");
        else if (request > max)
            problems.Add($"maximum {name} usage per {type} is {max}, but request is {request}");
    }
}
