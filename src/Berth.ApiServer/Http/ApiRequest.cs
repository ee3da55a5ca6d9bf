using Berth.ApiServer.Audit;
using Berth.ApiServer.Authentication;
using Microsoft.AspNetCore.Http;

namespace Berth.ApiServer.Http;

/// <summary>One request past authentication: what it asks for, who asks, and where the answer goes. Lives as long as the request.</summary>
public sealed class ApiRequest(HttpContext http, RequestInfo info, UserInfo user)
{
    private List<string>? _warnings;

    public HttpContext Http { get; } = http;

    public RequestInfo Info { get; } = info;

    public UserInfo User { get; } = user;

    public IQueryCollection Query => Http.Request.Query;

    public CancellationToken Cancellation => Http.RequestAborted;

    public required DateTimeOffset Now { get; init; }

    /// <summary>What is written down of the request; null: nothing.</summary>
    public AuditTrail? Audit { get; init; }

    public IReadOnlyList<string> Warnings => _warnings ?? [];

    /// <summary>True for <c>?dryRun=All</c>.</summary>
    /// <exception cref="ApiStatusException">Another value is asked for.</exception>
    public bool DryRun
    {
        get
        {
            var values = Query["dryRun"];
            foreach (var value in values)
            {
                if (value is not ("All" or ""))
                {
                    throw ApiStatusException.BadRequest(
                        $"dryRun: Unsupported value: \"{value}\": supported values: \"All\"");
                }
            }

            return values.Contains("All");
        }
    }

    /// <summary>Shown to the client as a <c>Warning</c> header; each text once.</summary>
    public void Warn(string warning)
    {
        _warnings ??= [];
        if (!_warnings.Contains(warning))
            _warnings.Add(warning);
    }

    /// <summary>Who is written down as the manager of the fields that this request sets.</summary>
    public string FieldManager
    {
        get
        {
            var asked = Query["fieldManager"].ToString();
            if (asked.Length > 0)
                return asked;
            // As kube-apiserver: the agent's name up to its version, so that all releases of a client are one manager.
            var agent = Http.Request.Headers.UserAgent.ToString();
            var slash = agent.IndexOf('/', StringComparison.Ordinal);
            var name = slash < 0 ? agent : agent[..slash];
            return name.Length == 0 ? "unknown" : name.Length > 128 ? name[..128] : name;
        }
    }
}
