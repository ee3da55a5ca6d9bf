using Berth.Api;
using Berth.Api.ApiExtensions.V1;
using Berth.Api.ApiRegistration.V1;
using Berth.Api.Meta.V1;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;
using Microsoft.Extensions.Logging;

namespace Berth.ApiServer.Aggregation;

/// <summary>
/// Keeps an APIService for each version that Berth itself serves: for its own once at the start (label <c>automanaged: onstart</c>),
/// for those of custom resources all the time (<c>automanaged: "true"</c>). One that somebody made without the label is theirs.
/// </summary>
internal sealed partial class ApiServiceRegistration(RegistryServices services, IReadOnlyCollection<(string Group, string Version)> own, ILogger logger)
{
    private const string Label = "kube-aggregator.kubernetes.io/automanaged";
    private const string OnStart = "onstart";
    private const string Always = "true";
    private const string FieldManager = "kube-apiserver";

    // Order of groups, and of versions within one, as kube-apiserver has them. What is not here is not registered: metrics.k8s.io,
    // above all, is for metrics-server to take over.
    private static readonly Dictionary<(string, string), (int Group, int Version)> s_priorities = new()
    {
        [("", "v1")] = (18000, 1),
        [("apps", "v1")] = (17800, 15),
        [("events.k8s.io", "v1")] = (17750, 15),
        [("authentication.k8s.io", "v1")] = (17700, 15),
        [("authorization.k8s.io", "v1")] = (17600, 15),
        [("autoscaling", "v1")] = (17500, 15),
        [("autoscaling", "v2")] = (17500, 30),
        [("batch", "v1")] = (17400, 15),
        [("certificates.k8s.io", "v1")] = (17300, 15),
        [("networking.k8s.io", "v1")] = (17200, 15),
        [("policy", "v1")] = (17100, 15),
        [("rbac.authorization.k8s.io", "v1")] = (17000, 15),
        [("storage.k8s.io", "v1")] = (16800, 15),
        [("apiextensions.k8s.io", "v1")] = (16700, 15),
        [("admissionregistration.k8s.io", "v1")] = (16700, 15),
        [("scheduling.k8s.io", "v1")] = (16600, 15),
        [("coordination.k8s.io", "v1")] = (16500, 15),
        [("node.k8s.io", "v1")] = (16300, 15),
        [("discovery.k8s.io", "v1")] = (16200, 15),
        [("resource.k8s.io", "v1")] = (16200, 21),
        [("flowcontrol.apiserver.k8s.io", "v1")] = (16100, 21),
    };

    // Custom resources come behind everything else; among versions their names decide.
    private static readonly (int Group, int Version) s_custom = (1000, 100);

    private readonly ResourceRegistry<APIService> _registry = services.Registries.For<APIService>();
    private (long Definitions, long Services) _seen = (-1, -1);
    private bool _started;

    public async Task RoundAsync(CancellationToken cancellation)
    {
        // Versions first: what is listed behind them is at least as new.
        var versions = (services.Registries.Version<CustomResourceDefinition>(), services.Registries.Version<APIService>());
        if (_seen == versions)
            return;
        var done = true;
        var present = services.Registries.List<APIService>().ToDictionary(s => s.Metadata.Name, StringComparer.Ordinal);
        var starting = !_started;
        var wanted = new Dictionary<string, APIService>(StringComparer.Ordinal);
        foreach (var (group, version) in own)
        {
            if (s_priorities.TryGetValue((group, version), out var priority))
                Want(group, version, priority, OnStart);
        }

        foreach (var definition in services.Registries.List<CustomResourceDefinition>())
        {
            foreach (var version in definition.Spec.Versions.Where(v => v.Served))
                Want(definition.Spec.Group, version.Name, s_custom, Always);
        }

        foreach (var one in wanted.Values)
        {
            var always = one.Metadata.Labels.GetOr(Label) == Always;
            if (always || starting)
                done &= await EnsureAsync(one, present.GetValueOrDefault(one.Metadata.Name), cancellation).ConfigureAwait(false);
        }

        foreach (var (name, one) in present)
        {
            if (!wanted.ContainsKey(name) && (one.Metadata.Labels.GetOr(Label) == Always || (starting && one.Metadata.Labels.GetOr(Label) == OnStart)))
                done &= await DeleteAsync(one, cancellation).ConfigureAwait(false);
        }

        _started |= done;
        _seen = done ? versions : (-1, -1);

        void Want(string group, string version, (int Group, int Version) priority, string managed)
        {
            var name = $"{version}.{group}";
            wanted.TryAdd(name, new APIService
            {
                Metadata = new ObjectMeta { Name = name, Labels = ApiMap.Of((Label, managed)) },
                Spec = new APIServiceSpec { Group = group, Version = version, GroupPriorityMinimum = priority.Group, VersionPriority = priority.Version },
            });
        }
    }

    private async Task<bool> EnsureAsync(APIService wanted, APIService? present, CancellationToken cancellation)
    {
        try
        {
            if (present is null)
            {
                await _registry.CreateAsync("", wanted, WriteContext.Internal(FieldManager, cancellation)).ConfigureAwait(false);
            }
            else if (present.Metadata.Labels.ContainsKey(Label) && present.Spec != wanted.Spec)
            {
                await _registry.UpdateAsync(
                    ObjectKey.Of(present),
                    new ObjectChange<APIService>(old => ValueTask.FromResult(old with { Spec = wanted.Spec })) { ChecksVersion = false },
                    WriteContext.Internal(FieldManager, cancellation)).ConfigureAwait(false);
            }

            return true;
        }
        catch (ApiStatusException e) when (e.Code is 404 or 409)
        {
            // Somebody else was faster: the next round sees what they did.
            return false;
        }
        catch (ApiStatusException e)
        {
            LogFailed(logger, e, wanted.Metadata.Name);
            return true;
        }
    }

    private async Task<bool> DeleteAsync(APIService one, CancellationToken cancellation)
    {
        try
        {
            var options = new DeleteOptions { Preconditions = new Preconditions { Uid = one.Metadata.Uid } };
            await _registry.DeleteAsync(ObjectKey.Of(one), options, WriteContext.Internal(FieldManager, cancellation)).ConfigureAwait(false);
            return true;
        }
        catch (ApiStatusException e) when (e.Code is 404 or 409)
        {
            return false;
        }
        catch (ApiStatusException e)
        {
            LogFailed(logger, e, one.Metadata.Name);
            return true;
        }
    }

    [LoggerMessage(EventId = 3503, Level = LogLevel.Warning, Message = "The APIService {Name} could not be brought into step")]
    private static partial void LogFailed(ILogger logger, Exception cause, string name);
}
