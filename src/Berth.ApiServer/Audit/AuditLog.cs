using Berth.ApiServer.Authentication;
using Berth.ApiServer.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Berth.ApiServer.Audit;

/// <summary>Begins the trail of each request that the policy means, and hands events to the outputs: a file, a webhook or both.</summary>
internal sealed class AuditLog : IAsyncDisposable
{
    private readonly AuditPolicy _policy;
    private readonly AuditCounts _counts;
    private readonly TimeProvider _time;
    private readonly List<AuditQueue> _queues = [];

    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor may it be.</exception>
    public AuditLog(AuditOptions options, AuditCounts counts, TimeProvider time, ILogger logger)
    {
        (_policy, _counts, _time) = (options.Policy, counts, time);
        if (options.LogPath.Length > 0)
            _queues.Add(new AuditQueue(new AuditLogFile(options, time), counts, time, logger));
        if (options.Webhook is { } webhook)
            _queues.Add(new AuditQueue(new AuditWebhookOutput(webhook, time), counts, time, logger));
    }

    /// <param name="user">As authenticated; null when nobody could be.</param>
    /// <returns>Null: no rule means the request.</returns>
    public AuditTrail? Begin(HttpContext http, RequestInfo info, UserInfo? user, string id, DateTimeOffset received)
    {
        var rule = _policy.Find(info, user);
        _counts.Requested(rule?.Level ?? AuditLevel.None);
        return rule is null or { Level: AuditLevel.None } ? null : new AuditTrail(this, rule, http, info, user, id, received);
    }

    /// <summary>Completes at once but when an output is far behind; then after a moment all the same, without the event.</summary>
    public async ValueTask WriteAsync(AuditTrail trail, AuditStage stage)
    {
        var line = AuditEventWriter.Write(trail, stage, _time.GetUtcNow());
        _counts.Written();
        foreach (var queue in _queues)
            await queue.AddAsync(line).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var queue in _queues)
            await queue.DisposeAsync().ConfigureAwait(false);
    }
}
