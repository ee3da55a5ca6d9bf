using System.Text;

namespace Berth.ApiServer.Audit;

/// <summary>Counters of auditing, under Kubernetes' names. Safe for concurrent use.</summary>
public sealed class AuditCounts
{
    private readonly long[] _levels = new long[Enum.GetValues<AuditLevel>().Length];
    private long _events;
    private long _logErrors;
    private long _webhookErrors;

    internal void Requested(AuditLevel level) => Interlocked.Increment(ref _levels[(int)level]);

    internal void Written() => Interlocked.Increment(ref _events);

    internal void Lost(string output, int events) => Interlocked.Add(ref output == AuditLogFile.OutputName ? ref _logErrors : ref _webhookErrors, events);

    internal void Render(StringBuilder text)
    {
        Head("apiserver_audit_event_total", "Counter of audit events generated and sent to the audit backend.");
        text.Append("apiserver_audit_event_total ").Append(Interlocked.Read(ref _events)).Append('\n');
        Head("apiserver_audit_error_total", "Counter of audit events that failed to be audited properly. Plugin identifies the plugin affected by the error.");
        text.Append("apiserver_audit_error_total{plugin=\"").Append(AuditLogFile.OutputName).Append("\"} ").Append(Interlocked.Read(ref _logErrors)).Append('\n');
        text.Append("apiserver_audit_error_total{plugin=\"").Append(AuditWebhookOutput.OutputName).Append("\"} ").Append(Interlocked.Read(ref _webhookErrors)).Append('\n');
        Head("apiserver_audit_level_total", "Counter of policy levels for audit events (1 per request).");
        foreach (var level in Enum.GetValues<AuditLevel>())
            text.Append("apiserver_audit_level_total{level=\"").Append(level).Append("\"} ").Append(Interlocked.Read(ref _levels[(int)level])).Append('\n');

        void Head(string name, string help) =>
            text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(" counter\n");
    }
}
