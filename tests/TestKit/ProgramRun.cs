using System.Diagnostics;
using System.Text;
using Xunit;

namespace Berth.TestKit;

/// <summary>Runs a program to its end, or until it has said what is waited for. Each run has a deadline.</summary>
internal static class ProgramRun
{
    /// <returns>Exit code, and output and errors together.</returns>
    /// <exception cref="TimeoutException">It ran longer than the limit; what it had said is in the message.</exception>
    public static async Task<(int ExitCode, string Text)> ToEndAsync(string program, IReadOnlyList<string> arguments, string? kubeconfig, TimeSpan limit, CancellationToken ct)
    {
        var said = new StringBuilder();
        using var process = Start(program, arguments, kubeconfig);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(limit);
        try
        {
            await Task.WhenAll(ReadAsync(process.StandardOutput, said, deadline.Token), ReadAsync(process.StandardError, said, deadline.Token));
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            if (ct.IsCancellationRequested)
                throw;
            throw new TimeoutException($"{Describe(program, arguments)}: not done after {limit.TotalSeconds:F0} s; it said:\n{said}");
        }

        return (process.ExitCode, said.ToString());
    }

    /// <summary>Reads standard output until a line is as wanted, then ends the program.</summary>
    /// <exception cref="TimeoutException">No such line within the limit; those that came are in the message.</exception>
    public static async Task UntilLineAsync(string program, IReadOnlyList<string> arguments, string? kubeconfig, string wanted, TimeSpan limit, CancellationToken ct)
    {
        var lines = new List<string>();
        using var process = Start(program, arguments, kubeconfig);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(limit);
        try
        {
            while (await process.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
            {
                if (line == wanted)
                    return;
                lines.Add(line);
            }

            var errors = await process.StandardError.ReadToEndAsync(deadline.Token);
            Assert.Fail($"{Describe(program, arguments)} ended without the line \"{wanted}\"; it said:\n{string.Join('\n', lines)}\n{errors}");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"{Describe(program, arguments)}: not \"{wanted}\" within {limit.TotalSeconds:F0} s; it said:\n{string.Join('\n', lines)}");
        }
        finally
        {
            process.Kill();
        }
    }

    private static Process Start(string program, IReadOnlyList<string> arguments, string? kubeconfig)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        if (kubeconfig is not null)
            start.Environment["KUBECONFIG"] = kubeconfig;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    private static async Task ReadAsync(StreamReader reader, StringBuilder into, CancellationToken ct)
    {
        while (await reader.ReadLineAsync(ct) is { } line)
        {
            lock (into)
                into.Append(line).Append('\n');
        }
    }

    private static string Describe(string program, IReadOnlyList<string> arguments) => $"{Path.GetFileName(program)} {string.Join(' ', arguments)}";
}
