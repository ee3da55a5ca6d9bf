using System.Diagnostics;

namespace Berth.Linux.Processes;

/// <summary>What a program printed and how it ended.</summary>
public sealed record ProcessResult(int ExitCode, string Output, string Error);

/// <summary>A program that could not be run, ran too long or failed. The message carries the command and the end of what it said.</summary>
public sealed class ProcessFailedException(string message, ProcessResult? result = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Null where the program never started or was stopped at its time limit.</summary>
    public ProcessResult? Result { get; } = result;
}

/// <summary>Runs a program to its end, capturing its output.</summary>
public static class ProcessRunner
{
    // What a user can take in from an error; the rest is in the program's own log.
    private const int ErrorTailChars = 2000;

    private static readonly TimeSpan _defaultLimit = TimeSpan.FromSeconds(60);

    /// <summary>Runs and returns whatever the exit code is.</summary>
    /// <exception cref="ProcessFailedException">It could not be started or passed its limit (it is killed then).</exception>
    public static async Task<ProcessResult> TryRunAsync(
        string program, IReadOnlyList<string> arguments, string? input = null, TimeSpan? limit = null, CancellationToken cancellation = default)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new ProcessFailedException($"{Describe(program, arguments)}: {error.Message}", inner: error);
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(limit ?? _defaultLimit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var error = process.StandardError.ReadToEndAsync(deadline.Token);
            await FeedAsync(process, input, deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return new ProcessResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellation.ThrowIfCancellationRequested();
            throw new ProcessFailedException($"{Describe(program, arguments)}: not done after {(limit ?? _defaultLimit).TotalSeconds:0.#} s, stopped");
        }
    }

    /// <summary>Runs and returns standard output.</summary>
    /// <exception cref="ProcessFailedException">As <see cref="TryRunAsync"/>, or the exit code was not zero.</exception>
    public static async Task<string> RunAsync(
        string program, IReadOnlyList<string> arguments, string? input = null, TimeSpan? limit = null, CancellationToken cancellation = default)
    {
        var result = await TryRunAsync(program, arguments, input, limit, cancellation);
        if (result.ExitCode == 0) return result.Output;
        var said = (result.Error.Trim() is { Length: > 0 } error ? error : result.Output.Trim());
        if (said.Length > ErrorTailChars) said = "..." + said[^ErrorTailChars..];
        throw new ProcessFailedException($"{Describe(program, arguments)}: exit code {result.ExitCode}: {said}", result);
    }

    /// <summary>The absolute path of a program on PATH or in the system directories that a user's PATH often lacks; null where it is not installed.</summary>
    public static string? Find(string program)
    {
        if (program.Contains('/')) return File.Exists(program) ? program : null;
        var directories = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return directories.Concat(["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"])
            .Select(directory => Path.Combine(directory, program))
            .FirstOrDefault(File.Exists);
    }

    private static async Task FeedAsync(Process process, string? input, CancellationToken cancellation)
    {
        try
        {
            if (input is not null) await process.StandardInput.WriteAsync(input.AsMemory(), cancellation);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It closed its input or ended without reading all of it: its exit code and error output tell more than EPIPE.
        }
    }

    private static string Describe(string program, IReadOnlyList<string> arguments) => string.Join(' ', [program, .. arguments]);
}
