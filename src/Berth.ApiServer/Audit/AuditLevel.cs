namespace Berth.ApiServer.Audit;

/// <summary>How much of a request is written down; each level holds the ones before it.</summary>
public enum AuditLevel
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Who asked for what, and what came of it.</summary>
    Metadata,

    /// <summary>Also the body of the request.</summary>
    Request,

    /// <summary>Also the body of the answer.</summary>
    RequestResponse,
}
