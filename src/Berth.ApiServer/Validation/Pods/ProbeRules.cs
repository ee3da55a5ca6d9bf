using Berth.Api.Core.V1;

namespace Berth.ApiServer.Validation.Pods;

/// <summary>Rules of probes and lifecycle hooks.</summary>
internal static class ProbeRules
{
    private const string OneHandler = "may not specify more than 1 handler type";

    private static readonly HashSet<string> s_signals =
    [
        "SIGABRT", "SIGALRM", "SIGBUS", "SIGCHLD", "SIGCLD", "SIGCONT", "SIGFPE", "SIGHUP", "SIGILL", "SIGINT", "SIGIO", "SIGIOT", "SIGKILL",
        "SIGPIPE", "SIGPOLL", "SIGPROF", "SIGPWR", "SIGQUIT", "SIGSEGV", "SIGSTKFLT", "SIGSTOP", "SIGSYS", "SIGTERM", "SIGTRAP", "SIGTSTP",
        "SIGTTIN", "SIGTTOU", "SIGURG", "SIGUSR1", "SIGUSR2", "SIGVTALRM", "SIGWINCH", "SIGXCPU", "SIGXFSZ", "SIGRTMIN", "SIGRTMAX",
        .. Enumerable.Range(1, 15).Select(i => $"SIGRTMIN+{i}"), .. Enumerable.Range(1, 14).Select(i => $"SIGRTMAX-{i}"),
    ];

    public static void Liveness(FieldErrors errors, FieldPath path, Probe? probe)
    {
        if (probe is null)
            return;
        Validate(errors, path, probe);
        if (probe.SuccessThreshold != 1)
            errors.Invalid(path["successThreshold"], probe.SuccessThreshold, "must be 1");
    }

    public static void Readiness(FieldErrors errors, FieldPath path, Probe? probe)
    {
        if (probe is null)
            return;
        Validate(errors, path, probe);
        if (probe.TerminationGracePeriodSeconds is not null)
            errors.Invalid(path["terminationGracePeriodSeconds"], probe.TerminationGracePeriodSeconds, "must not be set for readinessProbes");
    }

    public static void Lifecycle(FieldErrors errors, FieldPath path, Lifecycle lifecycle, long? graceSeconds, PodOS? os)
    {
        if (lifecycle.PostStart is { } start)
            Handler(errors, path["postStart"], start.Exec, start.HttpGet, start.TcpSocket, null, start.Sleep, graceSeconds);
        if (lifecycle.PreStop is { } stop)
            Handler(errors, path["preStop"], stop.Exec, stop.HttpGet, stop.TcpSocket, null, stop.Sleep, graceSeconds);
        if (lifecycle.StopSignal is not { } signal)
            return;
        if (os is null)
            errors.Forbidden(path["stopSignal"], "may not be set for containers with empty `spec.os.name`");
        else if (os.Name == "windows" && signal is not ("SIGKILL" or "SIGTERM"))
            errors.NotSupported(path["stopSignal"], signal, "SIGKILL", "SIGTERM");
        else if (os.Name == "linux" && !s_signals.Contains(signal))
            errors.NotSupported(path["stopSignal"], signal, s_signals);
    }

    private static void Validate(FieldErrors errors, FieldPath path, Probe probe)
    {
        Handler(errors, path, probe.Exec, probe.HttpGet, probe.TcpSocket, probe.Grpc, null, null);
        BasicRules.NonNegative(errors, path["initialDelaySeconds"], probe.InitialDelaySeconds);
        BasicRules.NonNegative(errors, path["timeoutSeconds"], probe.TimeoutSeconds);
        BasicRules.NonNegative(errors, path["periodSeconds"], probe.PeriodSeconds);
        BasicRules.NonNegative(errors, path["successThreshold"], probe.SuccessThreshold);
        BasicRules.NonNegative(errors, path["failureThreshold"], probe.FailureThreshold);
        if (probe.TerminationGracePeriodSeconds is <= 0)
            errors.Invalid(path["terminationGracePeriodSeconds"], probe.TerminationGracePeriodSeconds, "must be greater than 0");
    }

    private static void Handler(
        FieldErrors errors, FieldPath path, ExecAction? exec, HTTPGetAction? http, TCPSocketAction? tcp, GRPCAction? grpc, SleepAction? sleep, long? graceSeconds)
    {
        var any = false;
        if (exec is not null && First("exec") && exec.Command.IsEmpty)
            errors.Required(path["exec"]["command"]);
        if (http is not null && First("httpGet"))
            Http(errors, path["httpGet"], http);
        if (tcp is not null && First("tcpSocket"))
            BasicRules.Port(errors, path["tcpSocket"]["port"], tcp.Port);
        if (grpc is not null && First("grpc"))
            BasicRules.Port(errors, path["grpc"]["port"], grpc.Port);
        if (sleep is not null && First("sleep") && graceSeconds is { } grace && (sleep.Seconds < 0 || sleep.Seconds > grace))
            errors.Invalid(path["sleep"], sleep.Seconds, $"must be non-negative and less than terminationGracePeriodSeconds ({grace})");
        if (!any)
            errors.Required(path, "must specify a handler type");

        bool First(string name)
        {
            var first = !any;
            any = true;
            if (!first)
                errors.Forbidden(path[name], OneHandler);
            return first;
        }
    }

    private static void Http(FieldErrors errors, FieldPath path, HTTPGetAction http)
    {
        if (http.Path.Length == 0)
            errors.Required(path["path"]);
        BasicRules.Port(errors, path["port"], http.Port);
        BasicRules.OneOf(errors, path["scheme"], http.Scheme, "HTTP", "HTTPS");
        foreach (var header in http.HttpHeaders)
            errors.Invalid(path["httpHeaders"], header.Name, NameSyntax.HttpHeader(header.Name));
    }
}
