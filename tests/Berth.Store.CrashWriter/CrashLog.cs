using System.Text;

namespace Berth.Store.CrashWriter;

/// <summary>
/// Lines for the test, out of this process when the call returns. "A REVISION KEY=VALUE ...": acknowledged.
/// "W REVISION KEY=VALUE": seen by the watcher. "T REVISION": the watcher has seen all of it. VALUE names a
/// <see cref="CrashValue"/>; "-" is a delete.
/// </summary>
public sealed class CrashLog(Stream output)
{
    private readonly Lock _lock = new();

    public void Write(string lines)
    {
        var bytes = Encoding.ASCII.GetBytes(lines);
        lock (_lock)
        {
            output.Write(bytes);
            output.Flush();
        }
    }
}
