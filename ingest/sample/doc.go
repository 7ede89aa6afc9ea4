// Package sample invents incidents in the shape in which Microsoft Graph answers for them, so that the workbench can be seen and
// measured without a tenant. Nothing here happened: people, devices, files and companies are made up, host names end in .example or
// .test, and public addresses come from the ranges reserved for documentation.
//
//	Page, Later, StandaloneAlerts   stories for people: one file per scenario, dates moved to the present
//	Large, Tree                     shapes for benchmarks: one incident of a wanted size
//	Stream, StreamPage              volume for benchmarks: any number of different incidents from a seed
//
// Everything is a function of its arguments: the same call gives the same bytes on every machine.
package sample
