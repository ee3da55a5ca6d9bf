using Berth.ApiServer.Audit;
using Berth.ApiServer.Authentication;

namespace Berth.ApiServer.Registry;

/// <summary>Who writes, and how the request wants it done.</summary>
/// <param name="FieldManager">Written into managedFields.</param>
/// <param name="Warn">Takes warnings for the client.</param>
public sealed record WriteContext(UserInfo User, bool DryRun, string FieldManager, Action<string> Warn, CancellationToken Cancellation)
{
    /// <summary>What is written down of the request; null: nothing.</summary>
    public AuditTrail? Audit { get; init; }

    /// <summary>For writes that the server makes on its own account.</summary>
    public static WriteContext Internal(string fieldManager, CancellationToken cancellation) =>
        new(UserInfo.Of("system:apiserver", UserInfo.MastersGroup), false, fieldManager, static _ => { }, cancellation);
}
