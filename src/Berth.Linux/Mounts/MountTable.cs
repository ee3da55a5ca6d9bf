using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Berth.Linux.Mounts;

/// <summary>Mounts of this process's mount namespace, in the order in which they were made.</summary>
public static class MountTable
{
    public static IReadOnlyList<MountEntry> Read() => Parse(File.ReadLines("/proc/self/mountinfo"));

    /// <summary>Mounts at <paramref name="directory"/> and below it, latest first, so that unmounting in this order never meets a busy parent.</summary>
    public static IReadOnlyList<MountEntry> Under(string directory)
    {
        var root = directory.TrimEnd('/');
        return [.. Read().Where(mount => mount.Target == root || mount.Target.StartsWith(root + "/", StringComparison.Ordinal)).Reverse()];
    }

    /// <summary>Whether something is mounted at <paramref name="path"/>, a last component that is a link not followed.</summary>
    /// <remarks>
    /// One call, however many mounts there are: a node with a hundred pods has a thousand. The table is read where the kernel
    /// does not say (before 5.8) or cannot look, as at a file system whose server is gone.
    /// </remarks>
    public static bool IsMountPoint(string path)
    {
        const int NoSuchFile = 2;
        const int Flags = Libc.AtSymlinkNoFollow | Libc.AtNoAutomount | Libc.AtStatxDontSync;
        if (Libc.Statx(Libc.AtCurrentDirectory, path, Flags, 0, out var found) != 0)
        {
            if (Marshal.GetLastPInvokeError() == NoSuchFile) return false;
        }
        else if ((found.AttributesKnown & Libc.StatxAttributeMountRoot) != 0)
        {
            return (found.Attributes & Libc.StatxAttributeMountRoot) != 0;
        }

        return Read().Any(mount => mount.Target == path.TrimEnd('/'));
    }

    /// <summary>Format: proc(5), /proc/PID/mountinfo. Optional fields end at a lone hyphen.</summary>
    internal static IReadOnlyList<MountEntry> Parse(IEnumerable<string> lines)
    {
        var mounts = new List<MountEntry>();
        foreach (var line in lines)
        {
            var fields = line.Split(' ');
            var hyphen = Array.IndexOf(fields, "-", Math.Min(6, fields.Length));
            if (hyphen < 0 || fields.Length < hyphen + 4) throw new FormatException($"mountinfo line not understood: {line}");
            mounts.Add(new MountEntry(
                int.Parse(fields[0], CultureInfo.InvariantCulture),
                int.Parse(fields[1], CultureInfo.InvariantCulture),
                Unescape(fields[3]),
                Unescape(fields[4]),
                fields[5].Split(','),
                fields[hyphen + 1],
                Unescape(fields[hyphen + 2]),
                fields[hyphen + 3].Split(',')));
        }

        return mounts;
    }

    /// <summary>The kernel writes space, tab, newline and backslash as three octal digits.</summary>
    private static string Unescape(string field)
    {
        if (!field.Contains('\\')) return field;
        var result = new StringBuilder(field.Length);
        for (var i = 0; i < field.Length; i++)
        {
            if (field[i] == '\\' && i + 3 < field.Length)
            {
                result.Append((char)Convert.ToInt32(field.Substring(i + 1, 3), 8));
                i += 3;
            }
            else
            {
                result.Append(field[i]);
            }
        }

        return result.ToString();
    }
}
