using Berth.Api.Schema;
using Berth.ApiServer.Audit;

namespace Berth.ApiServer.Admission;

/// <summary>What one request asks for, as admission sees it. Owned by the request that made it; not shared between threads.</summary>
public sealed class AdmissionAttributes
{
    private List<Action<bool>>? _finished;
    private List<string>? _warnings;

    public required AdmissionOperation Operation { get; init; }

    /// <summary>Kind of the resource in the path, also when a subresource carries another kind.</summary>
    public required KindInfo Kind { get; init; }

    /// <summary><c>status</c>, <c>scale</c>, ...; empty for the resource itself.</summary>
    public string Subresource { get; init; } = "";

    /// <summary>Empty for kinds that live in no namespace.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Empty while a name is to be generated.</summary>
    public string Name { get; init; } = "";

    /// <summary>Null in tests that do not care.</summary>
    public Berth.ApiServer.Authentication.UserInfo? User { get; init; }

    public string UserName { get; init; } = "";

    public IReadOnlyList<string> UserGroups { get; init; } = [];

    /// <summary>Nothing will be stored: plugins may answer but keep nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>Takes annotations for the audit log; null: nothing is written down of the request.</summary>
    public AuditTrail? Audit { get; init; }

    /// <summary>Warnings for the client, in the order in which plugins gave them.</summary>
    public IReadOnlyList<string> Warnings => _warnings ?? [];

    public void Warn(string warning) => (_warnings ??= []).Add(warning);

    /// <summary>
    /// Has <paramref name="finished"/> called once the request's fate is known: true when the write was stored, false when it was
    /// refused, failed or was a dry run. Plugins that reserve something (addresses, quota) let go of it here.
    /// </summary>
    public void OnFinished(Action<bool> finished) => (_finished ??= []).Add(finished);

    /// <summary>Called by the registry exactly once for each request that went through admission, whatever became of it.</summary>
    public void Finish(bool stored)
    {
        var callbacks = _finished;
        _finished = null;
        foreach (var callback in callbacks ?? [])
            callback(stored);
    }
}
