using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.ApiRegistration.V1;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;
using Berth.Api.Schema;
using Berth.ApiServer.Http;
using Berth.ApiServer.OpenApi;
using Berth.ApiServer.Patch;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Strategies.Extensions;
using Microsoft.Extensions.Logging;

namespace Berth.ApiServer.Aggregation;

/// <summary>
/// Looks again and again whether the servers behind APIServices answer, writes it down, and learns what they serve.
/// Level-triggered: each round looks at all of them.
/// </summary>
/// <param name="registration">Keeps the APIServices of what is served here; null: nobody does.</param>
internal sealed partial class AvailabilityReconciler(RegistryServices services, AggregatedApis apis, ApiServiceRegistration? registration, ILogger logger)
{
    private const string FieldManager = "berth-aggregation";
    private static readonly TimeSpan s_round = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);

    private readonly ResourceRegistry<APIService> _registry = services.Registries.For<APIService>();
    private readonly ForeignDocuments _foreign = new(services.Time, logger);
    private string _published = "";
    private IReadOnlyList<ForeignOpenApi> _documents = [];

    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                await RoundAsync(cancellation).ConfigureAwait(false);
                await Task.Delay(s_round, services.Time, cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task RoundAsync(CancellationToken cancellation)
    {
        if (registration is not null)
            await registration.RoundAsync(cancellation).ConfigureAwait(false);
        var snapshot = _registry.Cache.Current;
        if (snapshot.Count == 0 && _published.Length == 0)
            return;
        var routes = new List<Route>();
        var documents = new List<ForeignOpenApi>();
        var others = new HashSet<string>(StringComparer.Ordinal);
        var published = new System.Text.StringBuilder();
        foreach (var one in snapshot.Range())
        {
            var source = (APIService)one.Value;
            APIServiceCondition condition;
            if (source.Spec.Service is null || apis.ByName(source.Metadata.Name) is not { } api)
            {
                if (source.Status.Conditions is [{ Type: "Available", Status: "True", Reason: "Local" }])
                    continue;
                condition = APIServiceStrategy.LocalAvailable with { LastTransitionTime = services.Now };
            }
            else
            {
                others.Add(source.Metadata.Name);
                (condition, var resources) = await CheckAsync(api, cancellation).ConfigureAwait(false);
                if (resources is not null)
                {
                    routes.AddRange(RoutesOf(api, resources));
                    published.Append(source.Metadata.Name).Append(resources["resources"]?.ToJsonString());
                    if (await _foreign.OfAsync(api, cancellation).ConfigureAwait(false) is { } document)
                        documents.Add(document);
                }
            }

            await WriteAsync(source, condition, cancellation).ConfigureAwait(false);
        }

        _foreign.Keep(others);
        if (published.ToString() is var text && (text != _published || !documents.SequenceEqual(_documents, ReferenceEqualityComparer.Instance)))
        {
            (_published, _documents) = (text, documents);
            apis.Publish(routes, documents);
        }
    }

    private async Task<(APIServiceCondition Condition, JsonObject? Resources)> CheckAsync(AggregatedApi api, CancellationToken cancellation)
    {
        var reference = api.Source.Spec.Service!;
        var service = await services.Registries.GetAsync<Service>(reference.Namespace, reference.Name, cancellation).ConfigureAwait(false);
        if (service is null)
            return (Condition(false, "ServiceNotFound", $"service/{reference.Name} in \"{reference.Namespace}\" is not present"), null);
        var port = service.Spec.Ports.FirstOrDefault(p => p.Port == (reference.Port ?? 443));
        if (port is null && service.Spec.Type != "ExternalName")
            return (Condition(false, "ServicePortError", $"service/{reference.Name} in \"{reference.Namespace}\" is not listening on port {reference.Port ?? 443}"), null);
        if (service.Spec.Type is "ClusterIP" or "" && !HasEndpoints(service))
        {
            return (Condition(
                false, "MissingEndpoints", $"endpoints for service/{reference.Name} in \"{reference.Namespace}\" have no addresses with port name \"{port!.Name}\""), null);
        }

        var path = $"/apis/{api.Group}/{api.Version}";
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(s_timeout);
            var answer = JsonTree.Parse(await api.GetAsync(path, limit.Token).ConfigureAwait(false)) as JsonObject;
            return (Condition(true, "Passed", "all checks passed"), answer);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            var reason = e is OperationCanceledException ? "context deadline exceeded" : e.Message;
            return (Condition(false, "FailedDiscoveryCheck", $"failing or missing response from {new Uri(api.Address, path)}: {reason}"), null);
        }
    }

    private bool HasEndpoints(Service service) => services.Registries.List<EndpointSlice>(service.Metadata.Namespace)
        .Any(s => s.Metadata.Labels.GetOr("kubernetes.io/service-name") == service.Metadata.Name && s.Endpoints.Any(e => e.Conditions.Ready != false));

    private static IEnumerable<Route> RoutesOf(AggregatedApi api, JsonObject list)
    {
        var resources = (list["resources"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        foreach (var resource in resources)
        {
            var name = Text(resource, "name");
            var slash = name.IndexOf('/', StringComparison.Ordinal);
            var plural = slash < 0 ? name : name[..slash];
            var own = resources.FirstOrDefault(r => Text(r, "name") == plural) ?? resource;
            var kind = KindOf(api, own, plural);
            var verbs = Texts(resource, "verbs");
            var sub = slash < 0
                ? null
                : new SubresourceInfo(
                    name[(slash + 1)..],
                    Text(resource, "version").Length == 0 ? api.Group : Text(resource, "group"),
                    Text(resource, "version") is { Length: > 0 } version ? version : api.Version,
                    Text(resource, "kind"),
                    verbs);
            yield return new Route(kind, sub, verbs, api);
        }
    }

    private static KindInfo KindOf(AggregatedApi api, JsonObject resource, string plural) => new()
    {
        Group = api.Group,
        Version = api.Version,
        Kind = Text(resource, "kind"),
        Plural = plural,
        Singular = Text(resource, "singularName"),
        Namespaced = resource["namespaced"]?.GetValue<bool>() == true,
        ShortNames = Texts(resource, "shortNames"),
        Categories = Texts(resource, "categories"),
        Verbs = Texts(resource, "verbs"),
        IsCustom = true,
        Schema = Berth.Api.Meta.V1.Status.Schema,
        ReadJson = static (_, _) => throw new NotSupportedException("another server reads these objects"),
        ReadProto = static _ => throw new NotSupportedException("another server reads these objects"),
    };

    private static string Text(JsonObject map, string name) => map[name]?.ToString() ?? "";

    private static string[] Texts(JsonObject map, string name) => [.. (map[name] as JsonArray ?? []).Select(v => v?.ToString() ?? "")];

    private APIServiceCondition Condition(bool available, string reason, string message) =>
        new() { Type = "Available", Status = available ? "True" : "False", Reason = reason, Message = message, LastTransitionTime = services.Now };

    private async Task WriteAsync(APIService source, APIServiceCondition condition, CancellationToken cancellation)
    {
        var before = source.Status.Conditions.FirstOrDefault(c => c.Type == "Available");
        if (before?.Status == condition.Status)
            condition = condition with { LastTransitionTime = before.LastTransitionTime };
        if (before == condition)
            return;
        try
        {
            await _registry.UpdateAsync(
                new ObjectKey("", source.Metadata.Name),
                new ObjectChange<APIService>(old => ValueTask.FromResult(old with
                {
                    Status = old.Status with { Conditions = [.. old.Status.Conditions.Where(c => c.Type != "Available"), condition] },
                }))
                {
                    Rules = ChangeRules.Status,
                    Subresource = "status",
                    ChecksVersion = false,
                },
                WriteContext.Internal(FieldManager, cancellation)).ConfigureAwait(false);
        }
        catch (ApiStatusException e)
        {
            // The next round tries again.
            LogFailed(logger, e, source.Metadata.Name);
        }
    }

    [LoggerMessage(EventId = 3501, Level = LogLevel.Debug, Message = "The availability of {Name} could not be written")]
    private static partial void LogFailed(ILogger logger, Exception cause, string name);
}
