using System.Diagnostics;
using System.Globalization;
using Berth.Linux.Processes;
using Microsoft.Extensions.Logging;

namespace Berth.Node.Shutdown;

/// <summary>
/// Holds up the machine's shutdown through systemd's logind while pods end, with systemd's own programs: systemd-inhibit holds
/// the lock for as long as it runs, and busctl tells of the shutdown. Whatever of that is missing is told, and shutdowns are
/// not waited for then.
/// </summary>
/// <param name="configurations">Directory of logind's drop-ins.</param>
/// <param name="programs">Where systemd's programs are; empty: on the path.</param>
public sealed partial class LogindDelay(NodeShutdown shutdown, TimeProvider time, ILogger log, string configurations = "/etc/systemd/logind.conf.d", string programs = "")
{
    private const string Match = "type='signal',interface='org.freedesktop.login1.Manager',member='PrepareForShutdown'";

    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(10);

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await AllowAsync(ct);
                await FollowAsync(ct);
            }
            catch (Exception error) when (!ct.IsCancellationRequested && error is System.ComponentModel.Win32Exception or ProcessFailedException or IOException or UnauthorizedAccessException)
            {
                LogUnavailable(log, error.Message);
            }

            await Task.Delay(s_again, time, ct);
        }
    }

    // logind lets itself be held up for five seconds where nobody has said otherwise.
    private async Task AllowAsync(CancellationToken ct)
    {
        var wanted = shutdown.Longest;
        var property = await ProcessRunner.RunAsync(Path.Combine(programs, "busctl"), ["get-property", "org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager", "InhibitDelayMaxUSec"], cancellation: ct);
        // "t 5000000"
        if (long.TryParse(property.Trim().Split(' ')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && TimeSpan.FromMicroseconds(microseconds) >= wanted)
            return;
        Directory.CreateDirectory(configurations);
        await File.WriteAllTextAsync(Path.Combine(configurations, "99-berth.conf"), string.Create(CultureInfo.InvariantCulture, $"# Berth ends pods in this time when the machine shuts down.\n[Login]\nInhibitDelayMaxSec={Math.Ceiling(wanted.TotalSeconds)}\n"), ct);
        await ProcessRunner.RunAsync(Path.Combine(programs, "systemctl"), ["kill", "--signal=HUP", "systemd-logind.service"], cancellation: ct);
    }

    private async Task FollowAsync(CancellationToken ct)
    {
        using var monitor = Start(Path.Combine(programs, "busctl"), "monitor", "--system", "--json=short", "--match=" + Match);
        Process? held = Hold();
        LogReady(log, shutdown.Longest);
        try
        {
            while (await monitor.StandardOutput.ReadLineAsync(ct) is { } line)
            {
                if (!line.Contains("PrepareForShutdown", StringComparison.Ordinal))
                    continue;
                if (line.Contains("[true]", StringComparison.Ordinal))
                {
                    try
                    {
                        await shutdown.EndPodsAsync(ct);
                    }
                    finally
                    {
                        Release(held);
                        held = null;
                    }
                }
                else if (line.Contains("[false]", StringComparison.Ordinal))
                {
                    shutdown.Cancel();
                    held ??= Hold();
                }
            }
        }
        finally
        {
            Release(held);
            if (!monitor.HasExited)
                monitor.Kill();
        }

        throw new IOException("busctl monitor ended: " + (await monitor.StandardError.ReadToEndAsync(ct)).Trim());
    }

    // cat ends with its input, which ends with this process, however that ends.
    private Process Hold() => Start(Path.Combine(programs, "systemd-inhibit"), "--what=shutdown", "--mode=delay", "--who=berth", "--why=Pods need time to end", "cat");

    private static void Release(Process? held)
    {
        if (held is null)
            return;
        held.StandardInput.Close();
        held.Dispose();
    }

    private static Process Start(string program, params string[] arguments) => Process.Start(
        new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;

    [LoggerMessage(5715, LogLevel.Information, "Shutdowns of the machine wait up to {Longest} for pods to end")]
    private static partial void LogReady(ILogger log, TimeSpan longest);

    [LoggerMessage(5716, LogLevel.Warning, "Shutdowns of the machine cannot be waited for (is this a machine with systemd?), trying again: {Problem}")]
    private static partial void LogUnavailable(ILogger log, string problem);
}
