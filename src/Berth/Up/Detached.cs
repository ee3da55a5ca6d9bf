using Berth.Instance;
using Berth.Linux.Processes;

namespace Berth.Up;

/// <summary>Starts <c>berth up</c>, <c>server</c> or <c>agent</c> as a process of its own session and waits until it is ready.</summary>
internal static class Detached
{
    public static string LogOf(string dataDirectory) => Path.Combine(dataDirectory, "berth.log");

    /// <exception cref="UserErrorException">It ended before it was ready; what it said is in the message.</exception>
    public static async Task StartAsync(string dataDirectory, IReadOnlyList<string> arguments, TextWriter output, CancellationToken ct)
    {
        var log = LogOf(dataDirectory);
        var offset = File.Exists(log) ? new FileInfo(log).Length : 0;
        var environment = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "", StringComparer.Ordinal);
        var (program, prefix) = Self();
        var pid = DetachedProcess.Start(program, [.. prefix, .. arguments.Where(a => a is not ("-d" or "--detach" or "--demo"))], environment, log);
        using var handle = ProcessHandle.Open(pid);
        var exit = handle?.WaitForExitAsync(ct) ?? Task.FromResult<int?>(null);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await timer.WaitForNextTickAsync(ct))
        {
            offset = Copy(log, offset, output);
            if (InstanceFile.Read(dataDirectory) is { Ready: true } file && file.Pid == pid)
            {
                Copy(log, offset, output);
                return;
            }

            if (exit.IsCompleted)
            {
                Copy(log, offset, output);
                throw new UserErrorException("berth ended before it was ready", $"the reason stands above and in {log}");
            }
        }
    }

    // In development the binary is a .dll that the dotnet program runs.
    private static (string Program, string[] Prefix) Self()
    {
        var program = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(program) == "dotnet" ? (program, [Path.Combine(AppContext.BaseDirectory, "berth.dll")]) : (program, []);
    }

    private static long Copy(string log, long offset, TextWriter output)
    {
        if (!File.Exists(log))
            return offset;
        using var file = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Seek(offset, SeekOrigin.Begin);
        using var reader = new StreamReader(file);
        output.Write(reader.ReadToEnd());
        output.Flush();
        return file.Length;
    }
}
