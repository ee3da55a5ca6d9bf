using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.ApiServer.Authentication;
using Berth.ApiServer.Http;
using Berth.ApiServer.Patch;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Berth.ApiServer.Audit;

/// <summary>
/// What is gathered about one request while it is worked on, written down at each of its stages. Requests that no rule means have
/// none. Owned by the request; annotations alone may come from several threads.
/// </summary>
public sealed class AuditTrail
{
    // As kube-apiserver: what a client says of itself must not fill the log.
    private const int UserAgentLengthMax = 1024;

    private readonly AuditLog _log;
    private readonly AuditRule _rule;
    private readonly SortedDictionary<string, string> _annotations = new(StringComparer.Ordinal);
    private bool _started;

    internal AuditTrail(AuditLog log, AuditRule rule, HttpContext http, RequestInfo info, UserInfo? user, string id, DateTimeOffset received)
    {
        (_log, _rule, Http, Info, User, Id, Received) = (log, rule, http, info, user, id, received);
        Name = info.Name;
        Namespace = info.Namespace;
    }

    public bool TakesRequests => _rule.Level >= AuditLevel.Request;

    public bool TakesResponses => _rule.Level >= AuditLevel.RequestResponse;

    internal AuditLevel Level => _rule.Level;

    internal HttpContext Http { get; }

    internal RequestInfo Info { get; }

    internal UserInfo? User { get; }

    internal UserInfo? Impersonated { get; set; }

    internal string Id { get; }

    internal DateTimeOffset Received { get; }

    internal string Name { get; private set; }

    internal string Namespace { get; private set; }

    internal string Uid { get; private set; } = "";

    internal string ResourceVersion { get; private set; } = "";

    internal ReadOnlyMemory<byte> RequestObject { get; private set; }

    internal ReadOnlyMemory<byte> ResponseObject { get; private set; }

    /// <summary>Of the answer; null while there is none.</summary>
    internal Status? Outcome { get; private set; }

    internal string RequestUri => Http.Features.Get<IHttpRequestFeature>()?.RawTarget is { Length: > 0 } target ? target : Http.Request.Path + Http.Request.QueryString;

    internal string UserAgent
    {
        get
        {
            var agent = Http.Request.Headers.UserAgent.ToString();
            return agent.Length <= UserAgentLengthMax ? agent : agent[..UserAgentLengthMax] + "...TRUNCATED";
        }
    }

    /// <summary>Adds what a part of the server has to say. The first word about a key stands.</summary>
    public void Annotate(string key, string value)
    {
        lock (_annotations)
            _annotations.TryAdd(key, value);
    }

    /// <summary>The object in the request's body, as it came.</summary>
    public void Asked(IApiObject value)
    {
        var metadata = value.Metadata;
        if (Name.Length == 0)
            Name = metadata.Name;
        if (Namespace.Length == 0)
            Namespace = metadata.Namespace;
        Uid = metadata.Uid;
        ResourceVersion = metadata.ResourceVersion;
        if (TakesRequests)
            RequestObject = Trimmed(ApiJson.Serialize(value));
    }

    /// <summary>A body that is no object: a patch, or options.</summary>
    /// <param name="json">Left out when it is not JSON after all.</param>
    public void AskedFor(ReadOnlySpan<byte> json)
    {
        if (!TakesRequests || json.IsEmpty)
            return;
        try
        {
            RequestObject = JsonTree.ToBytes(JsonTree.Parse(json));
        }
        catch (JsonException)
        {
            // The request is refused for it, and the refusal says so.
        }
    }

    /// <summary>The object that is answered. Not to be called below <see cref="TakesResponses"/>: it costs copies.</summary>
    public void Answered(ReadOnlyMemory<byte> json) => ResponseObject = Trimmed(json);

    /// <summary>The answer's Status, where the answer is one.</summary>
    public void Answered(Status status)
    {
        Outcome = status;
        if (TakesResponses)
            ResponseObject = ApiJson.Serialize(status);
    }

    internal IReadOnlyList<KeyValuePair<string, string>> Annotations()
    {
        lock (_annotations)
            return [.. _annotations];
    }

    internal ValueTask ReceivedAsync() => StageAsync(AuditStage.RequestReceived);

    /// <summary>The headers of a long answer go out.</summary>
    internal ValueTask StartedAsync()
    {
        if (_started)
            return ValueTask.CompletedTask;
        _started = true;
        Outcome ??= new Status();
        Outcome = Outcome with { Code = Http.Response.StatusCode };
        return StageAsync(AuditStage.ResponseStarted);
    }

    /// <summary>The one event of a request by nobody.</summary>
    internal ValueTask RefusedAsync(Status status)
    {
        var headers = Http.Request.Headers;
        List<string> tried = [];
        if (headers.Authorization.ToString() is { Length: > 0 } authorization)
            tried.Add(authorization.Split(' ')[0].ToLowerInvariant());
        if (Http.Connection.ClientCertificate is not null)
            tried.Add("x509");
        Outcome = status with { Message = tried.Count == 0 ? "Authentication failed, no credentials provided" : $"Authentication failed, attempted: {string.Join(", ", tried)}" };
        return StageAsync(AuditStage.ResponseStarted);
    }

    internal async ValueTask FinishedAsync(bool failed)
    {
        if (Info.IsLongRunning)
            await StartedAsync().ConfigureAwait(false);
        Outcome = (Outcome ?? new Status()) with { Code = Http.Response.StatusCode };
        await StageAsync(failed ? AuditStage.Panic : AuditStage.ResponseComplete).ConfigureAwait(false);
    }

    private ValueTask StageAsync(AuditStage stage) =>
        _rule.OmitStages.Contains(stage) ? ValueTask.CompletedTask : _log.WriteAsync(this, stage);

    private ReadOnlyMemory<byte> Trimmed(ReadOnlyMemory<byte> json)
    {
        if (!_rule.OmitManagedFields || json.Span.IndexOf("\"managedFields\""u8) < 0 || JsonTree.Parse(json.Span) is not JsonObject tree)
            return json;
        Trim(tree);
        foreach (var item in (tree["items"] as JsonArray ?? []).OfType<JsonObject>())
            Trim(item);
        foreach (var row in (tree["rows"] as JsonArray ?? []).OfType<JsonObject>())
            Trim(row["object"] as JsonObject);
        return JsonTree.ToBytes(tree);

        static void Trim(JsonObject? of) => (of?["metadata"] as JsonObject)?.Remove("managedFields");
    }
}
