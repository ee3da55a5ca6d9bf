namespace Berth.ApiServer.Audit;

/// <summary>Points in a request's life at which an event is written.</summary>
public enum AuditStage
{
    /// <summary>Who asks is known, and nothing was done yet.</summary>
    RequestReceived,

    /// <summary>The headers of the answer go out. Only for watches and streams, which last.</summary>
    ResponseStarted,

    ResponseComplete,

    /// <summary>In place of <see cref="ResponseComplete"/> where the server itself failed.</summary>
    Panic,
}
